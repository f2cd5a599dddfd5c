import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import { RegistryRepositories } from '#adapters/registry/registry-repositories.ts';
import { UnavailableError } from '#core/errors.ts';
import { type RegistryOptions, TestRegistry } from '../../infra/local/builder/test-registry.ts';

const stops: (() => unknown)[] = [];

afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

const login = { username: 'ada', password: 'secret' };

const open = async (options: RegistryOptions = { login: 'ada:secret', bearer: true }) => {
  const registry = await TestRegistry.start(options);
  stops.push(() => registry.stop());
  const store = new RegistryRepositories([registry.host]).open(`${registry.host}/atom/shop`, login);
  return { registry, store };
};

/** The repository of a registry that answers like this. */
const openAt = async (answer: RequestListener) => {
  const server = createServer(answer).listen(0, '127.0.0.1');
  stops.push(() => server.close());
  await once(server, 'listening');
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return new RegistryRepositories([host]).open(`${host}/shop`, login);
};

const sha256 = (content: Buffer): string =>
  `sha256:${createHash('sha256').update(content).digest('hex')}`;

async function* pieces(content: Buffer): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < content.length; at += 65_536) yield content.subarray(at, at + 65_536);
}

const whole = async (content: AsyncIterable<Uint8Array> | undefined): Promise<Buffer> => {
  const parts: Uint8Array[] = [];
  for await (const part of content ?? []) parts.push(part);
  return Buffer.concat(parts);
};

const large = Buffer.alloc(3_000_000, 'layer');
const blob = { digest: sha256(large), size: large.length };

test.each([
  ['a token', { login: 'ada:secret', bearer: true }],
  ['a password', { login: 'ada:secret' }],
  ['no login', {}],
])('streams a blob in and out of a registry that wants %s', async (_, options) => {
  const { store, registry } = await open(options);

  expect(await store.hasBlob(blob.digest)).toBe(false);
  expect(await store.blob(blob.digest)).toBeUndefined();
  await store.putBlob(blob, pieces(large));

  expect(registry.blobs.get(blob.digest)?.equals(large)).toBe(true);
  expect(await store.hasBlob(blob.digest)).toBe(true);
  expect((await whole(await store.blob(blob.digest))).equals(large)).toBe(true);
});

test('keeps manifests as they are, under their tag and their digest', async () => {
  const { store } = await open();
  const content = Buffer.from('{"schemaVersion":2}');
  const mediaType = 'application/vnd.docker.distribution.manifest.v2+json';
  const digest = sha256(content);

  expect(await store.manifest(digest)).toBeUndefined();
  expect(await store.hasManifest('web.B1', digest)).toBe(false);
  await store.putManifest('web.B1', { mediaType, content });

  expect(await store.hasManifest('web.B1', digest)).toBe(true);
  expect(await store.hasManifest('web.B1', blob.digest)).toBe(false);
  expect(await store.manifest(digest)).toEqual({ mediaType, content });
});

test('follows to where blobs are kept, and shows no login there', async () => {
  const shown: unknown[] = [];
  const kept = createServer((request, response) => {
    shown.push(request.headers.authorization);
    response.end(large);
  }).listen(0, '127.0.0.1');
  stops.push(() => kept.close());
  const store = await openAt((request, response) => {
    if (!request.headers.authorization) {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end();
      return;
    }
    const { port } = kept.address() as AddressInfo;
    response.writeHead(307, { location: `http://127.0.0.1:${port}/somewhere` }).end();
  });

  const found = await store.blob(blob.digest);

  expect((await whole(found)).equals(large)).toBe(true);
  expect(shown).toEqual([undefined]);
});

test.each([
  [503, 'UnavailableError'],
  [429, 'UnavailableError'],
  [403, 'ConflictError'],
  [507, 'ConflictError'],
])('status %i of a registry is a %s', async (status, name) => {
  const { store, registry } = await open({});
  const asks = [
    () => store.hasBlob(blob.digest),
    () => store.blob(blob.digest),
    () => store.manifest(blob.digest),
    () => store.putBlob(blob, pieces(large)),
    () => store.putManifest('web.B1', { mediaType: 'x/y', content: Buffer.from('{}') }),
  ];

  for (const ask of asks) {
    registry.failures.push(status);
    await expect(ask()).rejects.toMatchObject({
      name,
      message: expect.stringContaining(`status ${status}`),
      hint: expect.any(String),
    });
  }
});

test('a connection that breaks in the middle of a blob may come again', async () => {
  const store = await openAt((_, response) => {
    response.writeHead(200, { 'content-length': large.length });
    response.write(large.subarray(0, 70_000), () => response.destroy());
  });
  const found = await store.blob(blob.digest);

  await expect(whole(found)).rejects.toMatchObject({ name: 'UnavailableError' });
});

test.each([
  ['gives what was asked for', { status: 206, range: 'bytes 70000-2999999/3000000', at: 70_000 }],
  ['knows no ranges', { status: 200, range: '', at: 0 }],
])(
  'a blob is taken up where it broke off at a registry that %s',
  async (_, { status, range, at }) => {
    const ranges: unknown[] = [];
    const store = await openAt((request, response) => {
      ranges.push(request.headers.range);
      response.writeHead(status, { 'content-range': range }).end(large.subarray(at));
    });

    const found = await store.blob(blob.digest, 70_000);

    expect((await whole(found)).equals(large.subarray(70_000))).toBe(true);
    expect(ranges).toEqual(['bytes=70000-']);
  }
);

test('another part than the one that was asked for is not taken', async () => {
  const store = await openAt((_, response) => {
    response.writeHead(206, { 'content-range': 'bytes 0-99/3000000' }).end(large.subarray(0, 100));
  });

  await expect(store.blob(blob.digest, 70_000)).rejects.toMatchObject({
    name: 'UnavailableError',
    message: expect.stringContaining('bytes 0-99/3000000'),
  });
});

test('what is wrong with the content itself is not blamed on the registry', async () => {
  const { store } = await open();
  const broken = async function* () {
    yield large;
    throw new UnavailableError('the archive is cut off');
  };

  await expect(store.putBlob(blob, broken())).rejects.toThrow(/^the archive is cut off$/);
});

test('takes no manifest of any size', async () => {
  const { store, registry } = await open();
  const name = `atom/shop@${blob.digest}`;
  registry.manifests.set(name, { type: 'x/y', body: Buffer.alloc(4 * 1024 * 1024 + 1) });

  await expect(store.manifest(blob.digest)).rejects.toMatchObject({ name: 'TooLargeError' });
});
