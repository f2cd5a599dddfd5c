import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createFrontDoor } from '#infra/local/front/front-door.ts';
import { limits } from '#infra/local/front/limits.ts';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

const small = {
  headerBytes: 600,
  requestBytes: 4_000,
  functionBytes: 3_000,
  integrationMilliseconds: 150,
};

let upstream: Server;
let door: Server;
let handle: Handler;
let seen: { method?: string; url?: string; headers: IncomingMessage['headers']; body: string }[];

const listen = (server: Server): Promise<number> =>
  new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });

const answerOk: Handler = (_, response) => response.end('ok');

beforeEach(async () => {
  seen = [];
  handle = answerOk;
  upstream = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method, url, headers } = request;
      const body = Buffer.concat(chunks).toString('latin1');
      seen.push({ headers, body, ...(method && { method }), ...(url && { url }) });
      handle(request, response);
    });
  });
  const upstreamPort = await listen(upstream);
  door = createFrontDoor({ upstreamPort, apiHost: 'abc.execute-api.localhost', limits: small });
  await listen(door);
});

afterEach(() => {
  for (const server of [door, upstream]) {
    server.closeAllConnections();
    server.close();
  }
});

const address = (): string => `http://127.0.0.1:${(door.address() as AddressInfo).port}`;

/** What a server answers to these bytes, until it closes or `until` was seen. */
const exchange = (text: string, until: RegExp): Promise<string> =>
  new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect((door.address() as AddressInfo).port, '127.0.0.1', () =>
      socket.write(text)
    );
    socket.setTimeout(5_000, () => socket.destroy(new Error(`no answer, only: ${answer}`)));
    socket.on('data', (chunk) => {
      answer += chunk.toString('latin1');
      if (until.test(answer)) socket.destroy();
    });
    socket.once('close', () => resolve(answer));
    socket.once('error', reject);
  });

describe('what passes', () => {
  test('keeps method, raw path, query and body, and says whose API it is', async () => {
    handle = (_, response) => {
      response.writeHead(201, { 'content-type': 'text/plain', 'x-own': 'yes' });
      response.end('made');
    };

    const answer = await fetch(`${address()}/apps/a%2Fb%20c/releases?q=%7E&q=2&empty=`, {
      method: 'POST',
      headers: { authorization: 'Basic abc', 'content-type': 'application/json' },
      body: '{"a":1}',
    });

    expect(answer.status).toBe(201);
    expect(answer.headers.get('x-own')).toBe('yes');
    expect(await answer.text()).toBe('made');
    expect(seen).toMatchObject([
      {
        method: 'POST',
        url: '/apps/a%2Fb%20c/releases?q=%7E&q=2&empty=',
        body: '{"a":1}',
        headers: {
          host: 'abc.execute-api.localhost',
          authorization: 'Basic abc',
          'content-length': '7',
          'x-forwarded-for': '127.0.0.1',
          'x-forwarded-proto': 'http',
        },
      },
    ]);
  });

  test('keeps the lone question mark that the stock client ends each path with', async () => {
    await exchange('GET /apps? HTTP/1.1\r\nhost: x\r\n\r\n', /ok/);

    expect(seen[0]?.url).toBe('/apps?');
  });

  test('gathers a chunked body', async () => {
    const chunked = '5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n';

    await exchange(
      `PUT /x HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n${chunked}`,
      /ok/
    );

    expect(seen).toMatchObject([{ body: 'hello world', headers: { 'content-length': '11' } }]);
    expect(seen[0]?.headers).not.toHaveProperty('transfer-encoding');
  });

  test('may be as large as the limit', async () => {
    const answer = await fetch(address(), {
      method: 'POST',
      headers: { 'content-type': 'text/plain' },
      body: 'x'.repeat(small.functionBytes),
    });

    expect(answer.status).toBe(200);
  });

  test('answers several requests on one connection', async () => {
    const two = 'GET /1 HTTP/1.1\r\nhost: x\r\n\r\nGET /2 HTTP/1.1\r\nhost: x\r\n\r\n';

    const answers = await exchange(two, /ok[\s\S]*ok/);

    expect(answers.match(/HTTP\/1\.1 200 /g)).toHaveLength(2);
    expect(seen.map(({ url }) => url)).toEqual(['/1', '/2']);
  });
});

describe('what does not pass', () => {
  test.each([
    ['known beforehand', 'x'.repeat(small.requestBytes + 1)],
    ['found out on the way', new Blob(['x'.repeat(small.requestBytes + 1)]).stream()],
  ])('a body over the limit, %s', async (_, body) => {
    const answer = await fetch(address(), { method: 'POST', body, duplex: 'half' } as RequestInit);

    expect(answer.status).toBe(413);
    expect(await answer.json()).toEqual({ message: 'Request Entity Too Large' });
    expect(seen).toEqual([]);
  });

  test('a body that is too large for a function once it is base64', async () => {
    const answer = await fetch(address(), {
      method: 'POST',
      headers: { 'content-type': 'application/octet-stream' },
      body: 'x'.repeat(small.functionBytes - 1),
    });

    expect(answer.status).toBe(413);
  });

  test('headers over the limit', async () => {
    const answer = await fetch(address(), { headers: { 'x-long': 'x'.repeat(small.headerBytes) } });

    expect(answer.status).toBe(431);
    expect(seen).toEqual([]);
  });

  test('an answer over the limit of a function', async () => {
    handle = (_, response) => response.end('x'.repeat(small.functionBytes + 1));

    const answer = await fetch(address());

    expect(answer.status).toBe(500);
    expect(await answer.json()).toEqual({ message: 'Internal Server Error' });
  });

  test('an answer that takes longer than the gateway waits', async () => {
    handle = () => undefined;

    const answer = await fetch(address());

    expect(answer.status).toBe(503);
    expect(await answer.json()).toEqual({ message: 'Service Unavailable' });
  });

  test('anything while the emulator does not answer', async () => {
    upstream.close();
    upstream.closeAllConnections();

    const answer = await fetch(address());

    expect(answer.status).toBe(503);
  });

  test('an upgrade to a websocket', async () => {
    const upgrade = 'connection: Upgrade\r\nupgrade: websocket\r\nsec-websocket-key: x\r\n';

    const answer = await exchange(
      `GET /apps/a/builds/B/logs HTTP/1.1\r\nhost: x\r\n${upgrade}\r\n`,
      /websockets\n/
    );

    expect(answer).toMatch(/^HTTP\/1\.1 501 /);
    expect(seen).toEqual([]);
  });
});

test('the limits are those of AWS', () => {
  expect(limits).toEqual({
    headerBytes: 10_240,
    requestBytes: 10_485_760,
    functionBytes: 6_291_556,
    integrationMilliseconds: 30_000,
  });
});
