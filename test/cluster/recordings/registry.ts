import { createHash, randomUUID } from 'node:crypto';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

interface Behaviour {
  /** A status instead of the image; undefined: the image. */
  readonly answer?: () => number | undefined;
  /** How long the image's configuration takes to arrive; milliseconds. */
  readonly slowFor?: number;
}

interface Manifest {
  readonly config: { readonly mediaType: string; readonly digest: string };
  readonly [field: string]: unknown;
}

const type = 'application/vnd.oci.image.manifest.v1+json';

/**
 * A registry in front of another one that gives `image` a configuration of its own, so that a node
 * that has the image's layers must still pull.
 */
export const startRegistry = async (image: string, { answer, slowFor = 0 }: Behaviour) => {
  const [, host = '', repository = '', tag = ''] = /^([^/]+)\/(.+):([^:/]+)$/.exec(image) ?? [];
  const upstream = `http://${host}/v2/${repository}`;
  const { manifest, config } = await ownCopy(upstream, tag);
  const send = async (path: string, response: ServerResponse): Promise<void> => {
    if (path.includes('/manifests/')) return whole(response, manifest, type);
    if (path.endsWith(digestOf(config))) return slowly(response, config, slowFor);
    const found = await fetch(`http://${host}${path}`);
    return whole(response, Buffer.from(await found.arrayBuffer()), 'application/octet-stream');
  };
  const server = createServer((request, response) => {
    const status = answer?.();
    const challenge = status === 401 ? { 'www-authenticate': 'Basic realm="registry"' } : {};
    const path = request.url ?? '';
    if (status !== undefined) response.writeHead(status, challenge).end();
    else if (path === '/v2/') response.writeHead(200).end();
    else send(path, response).catch((error: Error) => response.destroy(error));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const close = (): void => {
    server.close();
    server.closeAllConnections();
  };
  return { image: `127.0.0.1:${port}/${repository}:${tag}-${port}`, close };
};

const ownCopy = async (upstream: string, tag: string) => {
  const found = await fetch(`${upstream}/manifests/${tag}`, { headers: { accept: type } });
  const manifest = (await found.json()) as Manifest;
  const original = await fetch(`${upstream}/blobs/${manifest.config.digest}`);
  const author = `recording ${randomUUID()}`;
  const config = Buffer.from(JSON.stringify({ ...((await original.json()) as object), author }));
  const { mediaType } = manifest.config;
  const own = { mediaType, digest: digestOf(config), size: config.length };
  return { config, manifest: Buffer.from(JSON.stringify({ ...manifest, config: own })) };
};

const digestOf = (content: Buffer): string =>
  `sha256:${createHash('sha256').update(content).digest('hex')}`;

const whole = async (response: ServerResponse, content: Buffer, kind: string): Promise<void> => {
  response
    .writeHead(200, {
      'content-type': kind,
      'content-length': content.length,
      'docker-content-digest': digestOf(content),
    })
    .end(content);
};

/** A byte now and then, so that nobody takes it for dead. */
const slowly = async (response: ServerResponse, content: Buffer, time: number): Promise<void> => {
  response.writeHead(200, { 'content-length': content.length });
  for (let at = 0; at < content.length && time > 0; at += 1) {
    response.write(content.subarray(at, at + 1));
    await delay(time / content.length);
  }
  response.end(time > 0 ? undefined : content);
};
