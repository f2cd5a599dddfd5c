import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import { putFile } from '#cli/put-file.ts';

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

const fileOf = (size: number): string => {
  const file = join(mkdtempSync(join(tmpdir(), 'rackless-put-')), 'file');
  writeFileSync(file, Buffer.alloc(size, 'x'));
  return file;
};

const { signal } = new AbortController();

test('sends the file with its length and the headers of the signature', async () => {
  const seen: { headers: IncomingMessage['headers']; size: number }[] = [];
  const url = await store(async (request, response) => {
    let size = 0;
    for await (const chunk of request) size += chunk.length;
    seen.push({ headers: request.headers, size });
    response.end('stored');
  });

  const answer = await putFile({ url, file: fileOf(200_000), headers: { 'x-sum': 'abc' } }, signal);

  expect(answer).toEqual({ status: 200, text: 'stored' });
  expect(seen[0]?.size).toBe(200_000);
  expect(seen[0]?.headers).toMatchObject({ 'content-length': '200000', 'x-sum': 'abc' });
  expect(seen[0]?.headers['transfer-encoding']).toBeUndefined();
});

test('a store that refuses before it has read everything is heard', async () => {
  const url = await store((_request, response) => {
    response.writeHead(403, { connection: 'close' }).end('<Code>AccessDenied</Code>');
  });

  const answer = await putFile({ url, file: fileOf(20_000_000), headers: {} }, signal);

  expect(answer).toEqual({ status: 403, text: '<Code>AccessDenied</Code>' });
});

test('a connection that breaks is an error', async () => {
  const url = await store((request) => request.socket.destroy());

  await expect(putFile({ url, file: fileOf(10), headers: {} }, signal)).rejects.toThrow(
    /ECONNRESET|EPIPE|socket hang up/
  );
});

test('Ctrl-C ends it', async () => {
  const interrupt = new AbortController();
  const url = await store(() => interrupt.abort());

  await expect(putFile({ url, file: fileOf(10), headers: {} }, interrupt.signal)).rejects.toThrow(
    /abort/i
  );
});
