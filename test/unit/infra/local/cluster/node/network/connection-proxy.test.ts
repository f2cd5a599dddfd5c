import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import { ConnectionProxy } from '#infra/local/cluster/node/network/connection-proxy.ts';
import { OpenRequests } from '#infra/local/cluster/node/network/open-requests.ts';

const requests = new OpenRequests();
const closing: (() => void)[] = [];

afterEach(() => {
  for (const close of closing.splice(0)) {
    close();
  }
});

const listen = async (server: Server): Promise<number> => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
};

/** Answers with its name and what it was sent, after the client has ended its half. */
const backend = (name: string): Promise<number> => {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk;
    });
    socket.on('end', () => socket.end(`${name}:${text}`));
  });
  closing.push(() => server.close());
  return listen(server);
};

const proxyTo = async (...ports: number[]): Promise<number> => {
  const proxy = new ConnectionProxy(
    () => ports.map((port) => ({ pod: `${port}`, port })),
    requests
  );
  closing.push(() => proxy.close());
  return await listen(proxy.server);
};

const talk = (port: number, text: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    let answer = '';
    socket.on('data', (chunk) => {
      answer += chunk;
    });
    socket.once('error', reject);
    socket.once('close', () => resolve(answer));
    socket.once('end', () => socket.end());
    socket.end(text);
  });

test('takes turns, and lets an answer come after the question has ended', async () => {
  const port = await proxyTo(await backend('a'), await backend('b'));

  expect([await talk(port, '1'), await talk(port, '2'), await talk(port, '3')]).toEqual([
    'a:1',
    'b:2',
    'a:3',
  ]);
});

test('goes on to the next when one takes no connection', async () => {
  const gone = createServer();
  const goneAt = await listen(gone);
  gone.close();
  const port = await proxyTo(goneAt, await backend('b'));

  expect(await talk(port, '1')).toBe('b:1');
});

test('a connection counts as a request until it is answered, and again with the next one', async () => {
  const server = createServer((socket) => socket.on('data', (chunk) => socket.write(`${chunk}!`)));
  closing.push(() => server.close());
  const backendPort = await listen(server);
  const socket = connect(await proxyTo(backendPort), '127.0.0.1');
  closing.push(() => socket.destroy());
  const ask = async (text: string): Promise<void> => {
    const answered = once(socket, 'data');
    socket.write(text);
    await answered;
  };
  const isOpen = (): Promise<boolean> =>
    Promise.race([
      requests.none([backendPort]).then(() => false),
      new Promise<boolean>((resolve) => setImmediate(resolve, true)),
    ]);

  await ask('one');
  expect(await isOpen()).toBe(true);
  await requests.none([backendPort]);
  await ask('two');
  expect(await isOpen()).toBe(true);
  socket.destroy();
  await requests.none([backendPort]);
});

test('resets a connection that nobody can take', async () => {
  await expect(talk(await proxyTo(), '1')).rejects.toThrow();
});
