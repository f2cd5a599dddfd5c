import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { PushCredential } from '#core/registries/ports.ts';
import { dockerObstacle, startDocker } from '#test/cluster/docker/start-docker.ts';
import { type AzureBed, openAzureBed, setUp } from '#test/fakes/microsoft/azure-bed.ts';

const run = promisify(execFile);
const denied = /unauthorized|denied|authentication required/i;
let bed: AzureBed;
let folder: string;

beforeAll(async () => {
  bed = await openAzureBed();
  folder = await mkdtemp(join(tmpdir(), 'rackless-acr-'));
  await writeLayout(join(folder, 'layout'));
});

afterAll(async () => {
  await bed.close();
  await rm(folder, { recursive: true, force: true });
});

beforeEach(() => setUp(bed));

/** An image of one layer, as an OCI layout. */
const writeLayout = async (layout: string): Promise<void> => {
  await mkdir(join(layout, 'blobs/sha256'), { recursive: true });
  const type = 'application/vnd.oci.image';
  const put = async (content: Buffer | object, mediaType: string) => {
    const data = Buffer.isBuffer(content) ? content : Buffer.from(JSON.stringify(content));
    const hash = createHash('sha256').update(data).digest('hex');
    await writeFile(join(layout, 'blobs/sha256', hash), data);
    return { mediaType, digest: `sha256:${hash}`, size: data.length };
  };
  const layer = await put(Buffer.alloc(3_000_000, 'rackless'), `${type}.layer.v1.tar`);
  const rootfs = { type: 'layers', diff_ids: [layer.digest] };
  const config = await put(
    { architecture: 'amd64', os: 'linux', rootfs },
    `${type}.config.v1+json`
  );
  const mediaType = `${type}.manifest.v1+json`;
  const manifest = await put({ schemaVersion: 2, mediaType, config, layers: [layer] }, mediaType);
  const named = { ...manifest, annotations: { 'org.opencontainers.image.ref.name': 'it' } };
  await writeFile(join(layout, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
  await writeFile(
    join(layout, 'index.json'),
    JSON.stringify({ schemaVersion: 2, manifests: [named] })
  );
};

/** Copies by skopeo with a credential; the digest, or what skopeo said. */
const skopeo = async (
  { host, username, password }: PushCredential,
  ...args: readonly string[]
): Promise<string> => {
  const auth = Buffer.from(`${username}:${password}`).toString('base64');
  const authFile = join(folder, 'auth.json');
  await writeFile(authFile, JSON.stringify({ auths: { [host]: { auth } } }));
  const env = { ...process.env, REGISTRY_AUTH_FILE: authFile };
  const digest = join(folder, 'digest');
  return run('skopeo', ['--insecure-policy', 'copy', '--digestfile', digest, ...args], { env })
    .then(async () => readFile(digest, 'utf8'))
    .catch(({ stderr }: { stderr: string }) => stderr);
};

const push = (credential: PushCredential, repository: string): Promise<string> =>
  skopeo(
    credential,
    '--dest-tls-verify=false',
    `oci:${folder}/layout:it`,
    `docker://${repository}:web.B1`
  );

const pull = (credential: PushCredential, repository: string, to: string): Promise<string> =>
  skopeo(
    credential,
    '--src-tls-verify=false',
    `docker://${repository}:web.B1`,
    `oci:${folder}/${to}:it`
  );

test('skopeo pushes and pulls with a grant, and is refused where the grant ends', async () => {
  const registry = bed.registry();
  const expires = bed.time.now + 900_000;
  const grant = { app: 'shop', session: 'B1.G1', expires, withCache: false };
  const credential = await registry.mint(grant);
  const repository = registry.repositoryOf('shop');

  const pushed = await push(credential, repository);
  expect(pushed).toBe(await registry.digest('shop', 'web.B1'));
  expect(await pull(credential, repository, 'pulled')).toBe(pushed);
  expect(await push(credential, registry.repositoryOf('blog'))).toMatch(denied);
  expect(await push(credential, registry.cacheRepositoryOf('shop'))).toMatch(denied);

  const cached = await registry.mint({ ...grant, session: 'B1.G2', withCache: true });
  expect(await push(cached, registry.cacheRepositoryOf('shop'))).toMatch(/^sha256:/);

  await registry.revoke('shop', ['B1.G1']);
  expect(await push(credential, repository)).toMatch(denied);
  bed.time.now = expires;
  expect(await push(cached, repository)).toMatch(denied);
});

/** Where this machine can run one; `skopeo` has tried the registry already. */
const withDocker = dockerObstacle() ? test.skip : test;

withDocker(
  'a Docker engine is let in and kept out likewise',
  async () => {
    const registry = bed.registry();
    const expires = bed.time.now + 900_000;
    const grant = { app: 'shop', session: 'B2.G1', expires, withCache: false };
    const credential = await registry.mint(grant);
    const engine = await startDocker();
    try {
      const docker = await loggedIn(engine.host, credential);
      const image = `${registry.repositoryOf('shop')}:web.B2`;
      const foreign = `${registry.repositoryOf('blog')}:web.B2`;
      await docker('build', '--quiet', '--tag', image, '--tag', foreign, join(folder, 'docker'));

      const pushed = /sha256:[0-9a-f]{64}/.exec(await docker('push', image))?.[0];
      expect(pushed).toBe(await registry.digest('shop', 'web.B2'));
      expect(await docker('push', foreign)).toMatch(denied);
      await registry.revoke('shop', ['B2.G1']);
      expect(await docker('push', image)).toMatch(denied);
    } finally {
      await engine.stop();
    }
  },
  120_000
);

/** Docker with a configuration of its own, which holds one login; what it says on both streams. */
const loggedIn = async (host: string, { username, password, ...credential }: PushCredential) => {
  const config = join(folder, 'docker');
  await mkdir(config, { recursive: true });
  await writeFile(join(config, 'Dockerfile'), 'FROM scratch\nCOPY Dockerfile /it\n');
  const auth = Buffer.from(`${username}:${password}`).toString('base64');
  const auths = { [credential.host]: { auth } };
  await writeFile(join(config, 'config.json'), JSON.stringify({ auths }));
  const own = { DOCKER_HOST: host, DOCKER_CONFIG: config, DOCKER_BUILDKIT: '0' };
  return (...args: readonly string[]): Promise<string> =>
    run('docker', args, { env: { ...process.env, ...own } })
      .then(({ stdout }) => stdout)
      .catch(({ stderr }: { stderr: string }) => stderr);
};
