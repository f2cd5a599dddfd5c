import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from '@jest/globals';
import { RegistryImages } from '#adapters/registry/registry-images.ts';

const digest = `sha256:${'a'.repeat(64)}`;

/** A registry on this machine, for as long as the action goes on. */
const withRegistry = async <T>(
  listener: RequestListener,
  action: (host: string) => Promise<T>
): Promise<T> => {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  try {
    return await action(`127.0.0.1:${port}`);
  } finally {
    server.close();
    server.closeAllConnections();
  }
};

test('asks for the digest of a tag without taking the image', async () => {
  const asked: string[] = [];
  const pinned = await withRegistry(
    (request, response) => {
      asked.push(`${request.method} ${request.url} ${request.headers.accept?.split(',')[0]}`);
      response.writeHead(200, { 'docker-content-digest': digest }).end();
    },
    async (host) => [await new RegistryImages([host]).pin(`${host}/org/app:1`), host]
  );

  expect(pinned[0]).toBe(`${pinned[1]}/org/app@${digest}`);
  expect(asked).toEqual(['HEAD /v2/org/app/manifests/1 application/vnd.oci.image.index.v1+json']);
});

test.each([
  ['does not know it', 404, {}],
  ['wants a password', 401, { 'www-authenticate': 'Basic realm="x"' }],
  ['answers without a digest', 200, {}],
  ['answers with something else', 200, { 'docker-content-digest': 'latest' }],
])('does not tell when the registry %s', async (_, status, headers) => {
  const pinned = await withRegistry(
    (_request, response) => response.writeHead(status, headers).end(),
    (host) => new RegistryImages([host]).pin(`${host}/app:1`)
  );

  expect(pinned).toBeUndefined();
});

test('does not tell when nobody listens, or nobody speaks TLS', async () => {
  const gone = await withRegistry(
    () => undefined,
    async (host) => host
  );
  const plain = await withRegistry(
    (_request, response) => response.writeHead(200, { 'docker-content-digest': digest }).end(),
    (host) => new RegistryImages([]).pin(`${host}/app:1`)
  );

  expect(await new RegistryImages([gone]).pin(`${gone}/app:1`)).toBeUndefined();
  expect(plain).toBeUndefined();
});

test('leaves a pinned reference as it is and asks nobody', async () => {
  expect(await new RegistryImages([]).pin(`nowhere.invalid/app@${digest}`)).toBe(
    `nowhere.invalid/app@${digest}`
  );
});
