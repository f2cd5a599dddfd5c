import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterEach, expect, test } from '@jest/globals';
import { DownloadError, download } from '#infra/local/builder/download.ts';
import { readWgetOptions } from '#infra/local/builder/wget-options.ts';

let server: Server;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

const serve = async (listener: RequestListener): Promise<string> => {
  server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/file`;
};

const fetched = async (url: string, tries = 3): Promise<{ content: string; notes: string[] }> => {
  const target = new PassThrough();
  const content = text(target);
  const notes: string[] = [];
  const note = (line: string): number => notes.push(line);
  await download(url, () => target, { tries, headers: {}, note, firstPause: 1 });
  return { content: await content, notes };
};

test('a connection that breaks is taken up where it ended', async () => {
  const whole = 'x'.repeat(100_000) + 'y'.repeat(100_000);
  const ranges: (string | undefined)[] = [];
  const url = await serve((request, response) => {
    ranges.push(request.headers.range);
    const start = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
    const rest = whole.slice(start);
    response.writeHead(start > 0 ? 206 : 200, { 'content-length': rest.length, etag: '"1"' });
    if (ranges.length === 1) {
      response.write(rest.slice(0, 50_000), () => setTimeout(() => response.destroy(), 20));
    } else {
      response.end(rest);
    }
  });

  const { content, notes } = await fetched(url);

  expect(content).toBe(whole);
  expect(ranges).toEqual([undefined, 'bytes=50000-']);
  expect(notes).toEqual([expect.stringMatching(/^connection broke: .*; trying again$/)]);
});

test('a server that knows no ranges is read again from the start', async () => {
  let requests = 0;
  const url = await serve((_request, response) => {
    requests += 1;
    response.writeHead(200, { 'content-length': 6 });
    if (requests === 1) {
      response.write('abc', () => setTimeout(() => response.destroy(), 20));
    } else {
      response.end('abcdef');
    }
  });

  expect((await fetched(url)).content).toBe('abcdef');
});

test('halves of different files are not put together', async () => {
  let requests = 0;
  const url = await serve((_request, response) => {
    requests += 1;
    response.writeHead(200, { 'content-length': 6, etag: `"${requests}"` });
    response.write('abc', () => setTimeout(() => response.destroy(), 20));
  });

  await expect(fetched(url)).rejects.toThrow('the file changed while it was downloaded');
});

test('answers that will not change are final, others are tried again', async () => {
  const statuses = [503, 404];
  let requests = 0;
  const url = await serve((_request, response) => {
    requests += 1;
    response.writeHead(statuses.shift() ?? 200).end();
  });

  const failure = await fetched(url, 5).catch((error: unknown) => error);

  expect(failure).toBeInstanceOf(DownloadError);
  expect(failure).toMatchObject({
    message: 'server returned error: HTTP/1.1 404 Not Found',
    status: 404,
  });
  expect(requests).toBe(2);
});

test('a server that is not there is named', async () => {
  await expect(fetched('http://127.0.0.1:2/x', 2)).rejects.toThrow(
    "can't connect to 127.0.0.1:2: ECONNREFUSED"
  );
});

test('reads the forms of its options', () => {
  expect(readWgetOptions(['-qO-', 'http://x/a/b.tgz?c'])).toMatchObject({ file: '-', quiet: true });
  expect(readWgetOptions(['-q', '-O', 'f', 'http://x/'])).toMatchObject({ file: 'f' });
  expect(readWgetOptions(['--header', 'A: b:c', 'http://x/a/b.tgz?c'])).toMatchObject({
    file: 'b.tgz',
    headers: { A: 'b:c' },
    quiet: false,
  });
});

test.each([
  [[], 'give one URL'],
  [['http://a', 'http://b'], 'give one URL'],
  [['ftp://a'], 'not an http or https URL: ftp://a'],
  [['--mirror', 'http://a'], "Unknown option '--mirror'"],
  [['-t', 'x', 'http://a'], 'invalid number of tries: x'],
  [['--header', 'x', 'http://a'], 'invalid header: x'],
])('refuses %j', (argv, message) => {
  expect(() => readWgetOptions(argv)).toThrow(message);
});
