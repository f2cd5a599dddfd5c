import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { RegistryImages } from '#adapters/registry/registry-images.ts';
import { HttpRegistryProbe } from '#adapters/registry/registry-probe.ts';
import { StaticRegistry } from '#adapters/registry/static-registry.ts';
import { hasRegistryPrograms } from './programs.ts';
import { skopeoDigest, skopeoPush } from './skopeo.ts';
import { owner, startPasswordRegistry } from './start-password-registry.ts';
import type { CheckingRegistry } from './start-registry.ts';

const canRun = hasRegistryPrograms();
const proof = canRun ? test : test.skip;
let registry: CheckingRegistry;

beforeAll(async () => {
  if (!canRun) return;
  registry = await startPasswordRegistry();
});

afterAll(() => registry?.stop());

const staticRegistry = () =>
  new StaticRegistry(
    { readAccount: async () => owner },
    { prefix: `${registry.host}/acme`, isInsecure: true }
  );

const session = { app: 'shop', session: 'B.G', expires: Date.now() + 900_000, withCache: false };
const probe = (given: object, insecure = [registry.host]) =>
  new HttpRegistryProbe(insecure).probe({ server: registry.host, path: '', ...owner, ...given });
const outcome = async (...given: Parameters<typeof probe>) =>
  (await probe(...given)).map((it) => `${it.step} ${it.trouble ?? 'ok'}`);

proof(
  "a static registry's grant is its owner's login, which pushes and whose digest is found",
  async () => {
    const { repository, username, password } = await staticRegistry().mint(session);

    await skopeoPush(`${repository}:web.B`, { username, password });

    expect(repository).toBe(`${registry.host}/acme/shop`);
    const digest = await staticRegistry().digest('shop', 'web.B');
    expect(digest).toBe(await skopeoDigest(`${repository}:web.B`, owner));
    expect(await staticRegistry().digest('shop', 'web.C')).toBeUndefined();
  }
);

proof(
  'what the docs say of it is true: it pushes anywhere, and works on when it was revoked',
  async () => {
    const login = await staticRegistry().mint(session);

    await staticRegistry().revoke();

    await skopeoPush(`${registry.host}/acme/another:1`, login);
  }
);

proof('nobody pushes without the password, or with a wrong one', async () => {
  const wrong = { username: 'ada', password: 'guess' };

  await expect(skopeoPush(`${registry.host}/acme/shop:x`, wrong)).rejects.toThrow(
    /unauthorized|authentication required/
  );
});

proof('a test of it tries login, push and pull', async () => {
  expect(await outcome({ path: 'acme/scratch' })).toEqual([
    'reach ok',
    'login ok',
    'push ok',
    'pull ok',
  ]);
});

proof('a test of it tells what is wrong', async () => {
  expect(await outcome({ password: 'guess' })).toEqual(['reach ok', 'login unauthenticated']);
  expect(await outcome({}, [])).toEqual(['reach plain-http']);
});

proof(
  'an image is pinned by its digest with the login that the rack has, and not without',
  async () => {
    await skopeoPush(`${registry.host}/acme/redis:7`, owner);
    const image = `${registry.host}/acme/redis:7`;

    const known = new RegistryImages([registry.host], async (host) =>
      host === registry.host ? owner : undefined
    );

    expect(await known.pin(image)).toBe(
      `${registry.host}/acme/redis@${await skopeoDigest(image, owner)}`
    );
    expect(await new RegistryImages([registry.host]).pin(image)).toBeUndefined();
  }
);
