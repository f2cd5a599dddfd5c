import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import { type ProbeTarget, performProbe } from '#infra/local/cluster/node/pods/perform-probe.ts';

let server: Server | undefined;

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

const serve = async (listener: RequestListener): Promise<number> => {
  const started = createServer(listener);
  server = started;
  await new Promise<void>((resolve) => started.listen(0, '127.0.0.1', resolve));
  return (started.address() as AddressInfo).port;
};

const target = (port: number, exec?: ProbeTarget['exec']): ProbeTarget => ({
  portOf: () => port,
  exec: exec ?? (() => Promise.reject(new Error('no exec'))),
});

test('an HTTP probe sends its headers and takes 200 to 399', async () => {
  const seen: unknown[] = [];
  const port = await serve(({ url, headers }, response) => {
    seen.push(url, headers['x-check'], headers['user-agent']);
    response.writeHead(302, { location: 'http://elsewhere.example/' }).end();
  });
  const httpGet = {
    path: '/health?a=1',
    port: 'http',
    httpHeaders: [{ name: 'X-Check', value: 'yes' }],
  };

  expect(await performProbe({ httpGet }, target(port))).toEqual({ ok: true, message: '' });
  expect(seen).toEqual(['/health?a=1', 'yes', 'kube-probe/1.34']);
});

test('a redirect to the same host is followed', async () => {
  const port = await serve(({ url }, response) => {
    if (url === '/') {
      response.writeHead(302, { location: '/login' }).end();
    } else {
      response.writeHead(500).end();
    }
  });

  expect(await performProbe({ httpGet: { port: 1 } }, target(port))).toEqual({
    ok: false,
    message: 'HTTP probe failed with statuscode: 500',
  });
});

test('says what the kubelet says when nobody listens', async () => {
  const port = await serve(() => undefined);
  server?.close();

  expect(await performProbe({ httpGet: { path: '/health', port: 1 } }, target(port))).toEqual({
    ok: false,
    message: `Get "http://127.0.0.1:${port}/health": dial tcp 127.0.0.1:${port}: connect: connection refused`,
  });
  expect(await performProbe({ tcpSocket: { port: 1 } }, target(port))).toEqual({
    ok: false,
    message: `dial tcp 127.0.0.1:${port}: connect: connection refused`,
  });
});

test('gives up after the timeout', async () => {
  const port = await serve(() => undefined);
  const result = await performProbe({ httpGet: { port: 1 }, timeoutSeconds: 0.05 }, target(port));

  expect(result.message).toContain('context deadline exceeded');
});

test('a TCP probe needs no answer', async () => {
  const port = await serve(() => undefined);

  expect((await performProbe({ tcpSocket: { port: 1 } }, target(port))).ok).toBe(true);
});

test.each([
  [
    { exitCode: 0, output: 'fine', timedOut: false },
    { ok: true, message: '' },
  ],
  [
    { exitCode: 1, output: 'no database', timedOut: false },
    { ok: false, message: 'no database' },
  ],
  [
    { exitCode: 137, output: '', timedOut: true },
    { ok: false, message: 'command timed out: "check it" timed out after 1s' },
  ],
])('a command that ends with %j gives %j', async (result, expected) => {
  const probe = { exec: { command: ['check', 'it'] } };

  expect(
    await performProbe(
      probe,
      target(0, () => Promise.resolve(result))
    )
  ).toEqual(expected);
});
