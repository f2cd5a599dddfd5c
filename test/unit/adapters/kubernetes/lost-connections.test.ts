import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createSecureServer, type Http2ServerRequest, type Http2ServerResponse } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { ClusterConnection } from '#adapters/kubernetes/cluster-connection.ts';
import { credentialsFrom } from '#adapters/kubernetes/credentials.ts';
import { KubernetesCluster } from '#adapters/kubernetes/kubernetes-cluster.ts';
import { Link } from '../../../cluster/link.ts';

const folder = mkdtempSync(join(tmpdir(), 'rackless-lost-connections-'));
const [key, cert] = [join(folder, 'key'), join(folder, 'cert')];
const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
const names = ['-subj', '/CN=api', '-addext', 'subjectAltName=IP:127.0.0.1'];
execFileSync('openssl', ['req', '-x509', ...curve, '-keyout', key, '-out', cert, ...names], {
  stdio: 'ignore',
});

/** Speaks both kinds of HTTP over TLS, as an API server does, and cannot be relied upon. */
const server = createSecureServer({
  key: readFileSync(key),
  cert: readFileSync(cert),
  allowHTTP1: true,
});
const sockets = new Set<{ destroy(): unknown }>();

const breakOff = ({ stream, socket, url }: Http2ServerRequest): void => {
  if (url.includes('watch') && stream) stream.close(2);
  else if (stream) stream.session?.destroy();
  else socket.destroy();
};

const answer = (request: Http2ServerRequest, response: Http2ServerResponse): void => {
  for (const it of [request, response]) it.on('error', () => undefined);
  if (request.url.endsWith('/well')) {
    response.end('{"kind":"Pod"}');
    return;
  }
  response.write('{"type":"BOOKMARK","object":{}}\n');
  setTimeout(() => breakOff(request), Math.random() * 15);
};

beforeAll(async () => {
  server.on('request', answer);
  server.on('sessionError', () => undefined);
  server.on('session', (session) => session.on('error', () => undefined));
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});

const links: Link[] = [];
afterEach(async () => {
  for (const link of links.splice(0)) await link.close();
});

afterAll(() => {
  server.close();
  for (const socket of sockets) socket.destroy();
  rmSync(folder, { recursive: true });
});

const connectThrough = (port: number): ClusterConnection => {
  const authority = readFileSync(cert).toString('base64');
  return new ClusterConnection(
    credentialsFrom(
      JSON.stringify({
        'current-context': 'rack',
        contexts: [{ name: 'rack', context: { cluster: 'one', user: 'me' } }],
        clusters: [
          {
            name: 'one',
            cluster: {
              server: `https://127.0.0.1:${port}`,
              'certificate-authority-data': authority,
            },
          },
        ],
        users: [{ name: 'me', user: { token: 'abc' } }],
      })
    )
  );
};

const portOfServer = (): number => (server.address() as AddressInfo).port;

/** An error that nobody hears would fail the test, as it would end a function. */
test('whatever becomes of a connection, its errors reach nobody but who waits for them', async () => {
  const connection = connectThrough(portOfServer());
  const cluster = new KubernetesCluster(connection);
  let ended = 0;
  const storm = async (): Promise<void> => {
    for (let round = 0; round < 12; round++) {
      const signal = AbortSignal.timeout(Math.ceil(Math.random() * 20));
      const watching = cluster
        .watch({
          kind: 'Pod',
          namespace: 'a',
          resourceVersion: '1',
          signal,
          onChange: () => undefined,
        })
        .catch(() => undefined);
      // Its body is read by nobody.
      const opened = connection.send({ path: '/drop', signal }).catch(() => undefined);
      const body = { text: 'x'.repeat(Math.random() * 50_000) };
      const written = connection.read({ method: 'PATCH', path: '/drop', body, signal });
      await Promise.all([watching, opened, written.catch(() => undefined)]);
      ended += 1;
      await pause(Math.random() * 5);
    }
  };

  await Promise.all([storm(), storm(), storm()]);
  await pause(100);

  expect(ended).toBe(36);
});

test('a connection that the network has forgotten holds up one request, not those after it', async () => {
  const link = await Link.to(`https://127.0.0.1:${portOfServer()}`);
  links.push(link);
  const connection = connectThrough(link.port);
  await connection.read({ path: '/well' });
  // It is kept for the next request.
  await pause(100);
  link.forget();

  const lost = connection.send({ path: '/well', signal: AbortSignal.timeout(300) });
  await expect(lost).rejects.toThrow('does not answer');

  const next = connection.send({ path: '/well', signal: AbortSignal.timeout(5_000) });
  expect(await (await next).text()).toBe('{"kind":"Pod"}');
});
