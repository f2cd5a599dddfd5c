import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { StaticImages } from '#adapters/registry/static-images.ts';
import { StaticRegistry } from '#adapters/registry/static-registry.ts';
import { imageStoreBehavesLike, type PushedManifest } from '#test/ports/image-store.ts';
import { hasRegistryPrograms } from './programs.ts';
import { skopeoPush } from './skopeo.ts';
import { owner, startPasswordRegistry } from './start-password-registry.ts';
import type { CheckingRegistry } from './start-registry.ts';

const canRun = hasRegistryPrograms();
const proof = canRun ? test : test.skip;
let registry: CheckingRegistry;
let stubborn: CheckingRegistry;

beforeAll(async () => {
  if (!canRun) return;
  [registry, stubborn] = await Promise.all([
    startPasswordRegistry(),
    startPasswordRegistry({ deletes: false }),
  ]);
});

afterAll(() => Promise.all([registry?.stop(), stubborn?.stop()]));

const imagesAt = ({ host }: CheckingRegistry, readAccount = async () => owner) =>
  new StaticImages(
    new StaticRegistry({ readAccount }, { prefix: `${host}/acme`, isInsecure: true })
  );

const authorization = `Basic ${Buffer.from(`${owner.username}:${owner.password}`).toString('base64')}`;

const send = async (url: string, init: RequestInit & { headers?: Record<string, string> }) => {
  const response = await fetch(url, { ...init, headers: { ...init.headers, authorization } });
  if (!response.ok) throw new Error(`status ${response.status}: ${await response.text()}`);
  return response;
};

/** The empty config that each manifest names has to be there first. */
const push = async ({ app, tags, text, type, digest }: PushedManifest): Promise<void> => {
  const base = `http://${registry.host}/v2/acme/${app}`;
  const begun = await send(`${base}/blobs/uploads/`, { method: 'POST' });
  const upload = new URL(begun.headers.get('location') ?? '', base);
  upload.searchParams.set(
    'digest',
    'sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a'
  );
  await send(upload.href, { method: 'PUT', body: '{}' });
  for (const reference of tags.length > 0 ? tags : [digest]) {
    const headers = { 'content-type': type };
    await send(`${base}/manifests/${reference}`, { method: 'PUT', headers, body: text });
  }
};

if (canRun) {
  imageStoreBehavesLike("StaticImages of Docker's registry", () => ({
    images: imagesAt(registry),
    push,
    can: { listUntagged: false, keepRetagged: false },
  }));
}

proof('a registry that deletes nothing says so, and keeps what it has', async () => {
  await skopeoPush(`${stubborn.host}/acme/shop:web.BAAAAABAAAA`, owner);
  const images = imagesAt(stubborn);

  const listed = await images.list('shop');

  expect(listed).toHaveLength(1);
  expect(await images.remove('shop', listed)).toBe('unsupported');
  expect(await images.removeApp('shop')).toBe('unsupported');
  expect(await images.list('shop')).toEqual(listed);
});

proof('a login that is refused is an error, and not an empty repository', async () => {
  const wrong = imagesAt(registry, async () => ({ ...owner, password: 'guess' }));

  await expect(wrong.list('shop')).rejects.toThrow(/401|unauthorized|login/i);
});
