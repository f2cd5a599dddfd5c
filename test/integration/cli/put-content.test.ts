import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import { type Put, putContent } from '#cli/put-content.ts';

const servers = new Set<ReturnType<typeof createServer>>();
afterEach(() => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
  servers.clear();
});

const store = async (listener: RequestListener): Promise<string> => {
  const server = createServer(listener);
  servers.add(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/key?signature=1`;
};

const put = (url: string, size: number, more: Partial<Put> = {}): Put => ({
  url,
  content: Buffer.alloc(size, 'x'),
  headers: {},
  onSent: () => undefined,
  ...more,
});

const { signal } = new AbortController();

test('sends the content with its length and the headers of the signature', async () => {
  const seen: { headers: IncomingMessage['headers']; size: number }[] = [];
  const url = await store(async (request, response) => {
    let size = 0;
    for await (const chunk of request) size += chunk.length;
    seen.push({ headers: request.headers, size });
    response.end('stored');
  });

  const sent: number[] = [];
  const answer = await putContent(
    put(url, 200_000, { headers: { 'x-sum': 'abc' }, onSent: (bytes) => sent.push(bytes) }),
    signal
  );

  expect(answer).toEqual({ status: 200, text: 'stored' });
  expect(sent).toEqual([65_536, 65_536, 65_536, 3392]);
  expect(seen[0]?.size).toBe(200_000);
  expect(seen[0]?.headers).toMatchObject({ 'content-length': '200000', 'x-sum': 'abc' });
  expect(seen[0]?.headers['transfer-encoding']).toBeUndefined();
});

test('a store that refuses before it has read everything is heard', async () => {
  const url = await store((_request, response) => {
    response.writeHead(403, { connection: 'close' }).end('<Code>AccessDenied</Code>');
  });

  const answer = await putContent(put(url, 20_000_000), signal);

  expect(answer).toEqual({ status: 403, text: '<Code>AccessDenied</Code>' });
});

test('a connection that breaks is an error', async () => {
  const url = await store((request) => request.socket.destroy());

  await expect(putContent(put(url, 10), signal)).rejects.toThrow(/ECONNRESET|EPIPE|socket hang up/);
});

test('Ctrl-C ends it', async () => {
  const interrupt = new AbortController();
  const url = await store(() => interrupt.abort());

  await expect(putContent(put(url, 10), interrupt.signal)).rejects.toThrow(/abort/i);
});
