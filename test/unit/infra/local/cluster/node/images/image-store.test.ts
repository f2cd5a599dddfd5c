import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, readlink, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { ImageStore } from '#infra/local/cluster/node/images/image-store.ts';
import { pushImage } from '../image-fixture.ts';
import { type RegistryAccess, type RegistryServer, startRegistry } from '../registry-server.ts';

let folder: string;
let registry: RegistryServer;
let store: ImageStore;
const { signal } = new AbortController();

const open = async (access?: RegistryAccess): Promise<void> => {
  registry = await startRegistry(access);
};

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rackless-images-'));
  store = new ImageStore(folder);
});

afterEach(async () => {
  registry.close();
  await rm(folder, { recursive: true, force: true });
});

test('pulls by tag, unpacks the layers in order and reads the config', async () => {
  await open();
  const { image, digest } = pushImage(registry, {
    config: { Cmd: ['run'], Env: ['A=1'] },
    layers: [
      [
        { path: 'app/', mode: 0o755 },
        { path: 'app/a', content: 'old' },
        { path: 'bin/run', content: '#!/bin/sh', mode: 0o755 },
      ],
      [{ path: 'app/a', content: 'new' }],
    ],
  });

  const pulled = await store.pull(image, undefined, signal);

  expect(pulled).toMatchObject({
    digest,
    imageId: `${registry.host}/shop/web@${digest}`,
    config: { Cmd: ['run'], Env: ['A=1'] },
  });
  expect(await readFile(join(pulled.rootfs, 'app/a'), 'utf8')).toBe('new');
  expect((await stat(join(pulled.rootfs, 'bin/run'))).mode & 0o111).not.toBe(0);
  expect(store.find(image)).toEqual(pulled);
});

test('pulls by digest and unpacks an image only once', async () => {
  await open();
  const { image, digest } = pushImage(registry, { layers: [[{ path: 'a', content: 'a' }]] });
  await store.pull(image, undefined, signal);
  registry.requests.length = 0;

  const byDigest = await store.pull(`${registry.host}/shop/web@${digest}`, undefined, signal);

  expect(byDigest.digest).toBe(digest);
  expect(registry.requests).toEqual([`GET /v2/shop/web/manifests/${digest}`]);
});

test('takes the manifest of this platform from an index', async () => {
  await open();
  const { digest } = pushImage(registry, { tag: 'real', layers: [[{ path: 'a', content: 'a' }]] });
  const architecture = process.arch === 'x64' ? 'amd64' : process.arch;
  registry.manifest(
    'shop/web',
    {
      manifests: [
        { digest: `sha256:${'0'.repeat(64)}`, platform: { os: 'linux', architecture: 'mips' } },
        { digest, platform: { os: 'linux', architecture } },
      ],
    },
    'multi'
  );

  expect((await store.pull(`${registry.host}/shop/web:multi`, undefined, signal)).digest).toBe(
    digest
  );
});

test('whiteouts hide what lower layers hold', async () => {
  await open();
  const { image } = pushImage(registry, {
    layers: [
      [
        { path: 'a/one', content: '1' },
        { path: 'a/two', content: '2' },
        { path: 'b/three', content: '3' },
      ],
      [{ path: 'a/.wh.one' }, { path: 'b/four', content: '4' }, { path: 'b/.wh..wh..opq' }],
    ],
  });

  const { rootfs } = await store.pull(image, undefined, signal);

  expect(await readdir(join(rootfs, 'a'))).toEqual(['two']);
  expect(await readdir(join(rootfs, 'b'))).toEqual(['four']);
});

test('nothing in a layer gets out of the image', async () => {
  await open();
  const { image } = pushImage(registry, {
    layers: [
      [
        { path: '../../outside', content: 'x' },
        { path: 'etc', link: folder },
        { path: 'etc/absolute', content: 'x' },
        { path: 'up', link: '../../../../../../tmp' },
        { path: 'up/relative', content: 'x' },
      ],
    ],
  });

  const { rootfs } = await store.pull(image, undefined, signal);

  expect(existsSync(join(folder, 'outside'))).toBe(false);
  expect(existsSync(join(folder, 'absolute'))).toBe(false);
  expect(existsSync('/tmp/relative')).toBe(false);
  expect(await readFile(join(rootfs, 'outside'), 'utf8')).toBe('x');
  expect(await readFile(join(rootfs, folder, 'absolute'), 'utf8')).toBe('x');
  expect(await readFile(join(rootfs, 'tmp/relative'), 'utf8')).toBe('x');
  expect(await readlink(join(rootfs, 'up'))).toBe('tmp');
});

test('a later layer writes through a link that an earlier one made', async () => {
  await open();
  const { image } = pushImage(registry, {
    layers: [
      [{ path: 'usr/bin/' }, { path: 'bin', link: 'usr/bin' }],
      [{ path: 'bin/tool', content: 'tool' }],
    ],
  });

  const { rootfs } = await store.pull(image, undefined, signal);

  expect(await readFile(join(rootfs, 'usr/bin/tool'), 'utf8')).toBe('tool');
  expect(await readlink(join(rootfs, 'bin'))).toBe('usr/bin');
});

test('content that is not what its digest says is refused and leaves nothing', async () => {
  await open();
  const { image } = pushImage(registry, { layers: [[{ path: 'a', content: 'a' }]] });
  const [layer] = [...registry.blobs];
  registry.damage(layer ?? '');

  await expect(store.pull(image, undefined, signal)).rejects.toThrow('unexpected commit digest');
  expect(await readdir(folder)).toEqual(['names']);
});

test.each<RegistryAccess>([
  { kind: 'basic', login: 'me:secret' },
  { kind: 'bearer', login: 'me:secret' },
])('logs in to a registry that asks for $kind', async (access) => {
  await open(access);
  const { image, digest } = pushImage(registry, { layers: [[{ path: 'a', content: 'a' }]] });

  const pulled = await store.pull(image, { username: 'me', password: 'secret' }, signal);

  expect(pulled.digest).toBe(digest);
});

test('says in the words of containerd why a pull failed', async () => {
  await open({ kind: 'basic', login: 'me:secret' });
  const { image } = pushImage(registry, {});
  const name = `${registry.host}/shop/web:v1`;
  const start = `failed to pull and unpack image "${name}": failed to resolve reference "${name}":`;

  await expect(store.pull(image, undefined, signal)).rejects.toThrow(
    `rpc error: code = Unknown desc = ${start} pull access denied, repository does not exist or may require authorization`
  );
  registry.close();
  await open();
  await expect(store.pull(`${registry.host}/shop/none:v1`, undefined, signal)).rejects.toThrow(
    `${registry.host}/shop/none:v1: not found`
  );
  const gone = registry.host;
  registry.close();
  await expect(store.pull(`${gone}/shop/web:v1`, undefined, signal)).rejects.toThrow(
    'connection refused'
  );
});

test('a name under .localhost is this machine', async () => {
  await open();
  const { digest } = pushImage(registry, {});
  const port = registry.host.replace(/.*:/, '');

  const pulled = await store.pull(`registry.rack.localhost:${port}/shop/web:v1`, undefined, signal);

  expect(pulled.imageId).toBe(`registry.rack.localhost:${port}/shop/web@${digest}`);
});

test('a registry can be given another address', async () => {
  await open();
  const { digest } = pushImage(registry, { repository: 'library/web' });
  const mirrored = new ImageStore(folder, { 'docker.io': { url: `http://${registry.host}` } });

  expect(await mirrored.pull('web:v1', undefined, signal)).toMatchObject({
    imageId: `docker.io/library/web@${digest}`,
  });
});

test('a caller that goes away does not stop the pull that another one waits for', async () => {
  await open();
  const { image, digest } = pushImage(registry, { layers: [[{ path: 'a', content: 'a' }]] });
  const impatient = new AbortController();
  registry.beforeEach((url) => {
    if (url.includes('/blobs/')) {
      impatient.abort();
    }
  });

  const [first, second] = await Promise.allSettled([
    store.pull(image, undefined, impatient.signal),
    store.pull(image, undefined, signal),
  ]);

  expect(first).toMatchObject({ status: 'rejected' });
  expect(second).toMatchObject({ status: 'fulfilled', value: { digest } });
});
