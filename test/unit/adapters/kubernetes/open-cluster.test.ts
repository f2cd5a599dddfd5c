import { once } from 'node:events';
import { createServer } from 'node:http';
import { expect, test } from '@jest/globals';
import { openCluster } from '#adapters/kubernetes/open-cluster.ts';

const kubeconfig = (port: number, token: string): string =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'one',
    clusters: [{ name: 'one', cluster: { server: `http://127.0.0.1:${port}` } }],
    users: [{ name: 'one', user: { token } }],
    contexts: [{ name: 'one', context: { cluster: 'one', user: 'one' } }],
  });

test('a kubeconfig is read once, and again when the cluster knows it no more', async () => {
  let valid = 'first';
  const server = createServer(({ headers }, response) => {
    const isKnown = headers.authorization === `Bearer ${valid}`;
    response.writeHead(isKnown ? 200 : 401).end(isKnown ? '{"kind":"Pod"}' : '{}');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  let reads = 0;
  const cluster = openCluster(async () => {
    reads += 1;
    return kubeconfig(port, valid);
  });
  const look = () => cluster.get('Pod', 'a', 'b');

  await look();
  await look();
  expect(reads).toBe(1);
  valid = 'second';
  await expect(look()).rejects.toMatchObject({ status: 401 });
  expect(await look()).toEqual({ kind: 'Pod' });
  expect(reads).toBe(2);
  server.close().closeAllConnections();
});

test('a kubeconfig whose server is silent is read again, but not at each request', async () => {
  const server = createServer((_, response) => response.end('{"kind":"Pod"}'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  let [reads, now, stored] = [0, 0, kubeconfig(1, 'any')];
  const cluster = openCluster(
    async () => {
      reads += 1;
      return stored;
    },
    () => now
  );
  const look = () => cluster.get('Pod', 'a', 'b');

  await expect(look()).rejects.toThrow('does not answer');
  await expect(look()).rejects.toThrow('does not answer');
  expect(reads).toBe(1);
  stored = kubeconfig(port, 'any');
  now += 11_000;
  await expect(look()).rejects.toThrow('does not answer');
  expect(await look()).toEqual({ kind: 'Pod' });
  expect(reads).toBe(2);
  server.close().closeAllConnections();
});

test('a kubeconfig that could not be read is tried again', async () => {
  let reads = 0;
  const cluster = openCluster(async () => {
    reads += 1;
    throw new Error('no secret yet');
  });

  await expect(cluster.get('Pod', 'a', 'b')).rejects.toThrow('no secret yet');
  await expect(cluster.get('Pod', 'a', 'b')).rejects.toThrow('no secret yet');
  expect(reads).toBe(2);
});
