import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  request,
  type Server,
} from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { FrontRoute } from '#infra/local/cluster/node/network/front-routes.ts';
import { HttpFront } from '#infra/local/cluster/node/network/http-front.ts';
import { OpenRequests } from '#infra/local/cluster/node/network/open-requests.ts';

let front: HttpFront;
let routes: FrontRoute[];
let servers: Server[];

const listen = async (server: Server): Promise<number> => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
};

const app = (listener: RequestListener): Promise<number> => {
  const server = createServer(listener);
  servers.push(server);
  return listen(server);
};

beforeEach(async () => {
  servers = [];
  routes = [];
  front = new HttpFront(() => routes, new OpenRequests());
  await listen(front.server);
});

afterEach(() => {
  front.close();
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
});

const serve = (host: string, ...ports: number[]): void => {
  routes.push({ host, endpoints: () => ports.map((port) => ({ pod: `pod-${port}`, port })) });
};

interface Call {
  readonly method?: string;
  readonly path?: string;
  readonly body?: string;
  readonly headers?: Record<string, string>;
}

const call = (host: string, { method = 'GET', path = '/', body, headers = {} }: Call = {}) =>
  new Promise<{ status: number; text: string; message: IncomingMessage }>((resolve, reject) => {
    const { port } = front.server.address() as AddressInfo;
    const outgoing = request(
      { host: '127.0.0.1', port, method, path, agent: false, headers: { ...headers, host } },
      (message) => {
        let text = '';
        message.on('data', (chunk) => {
          text += chunk;
        });
        message.on('end', () => resolve({ status: message.statusCode ?? 0, text, message }));
      }
    );
    outgoing.once('error', reject);
    outgoing.end(body);
  });

test.each(['shop-web.localhost:8080', 'shop-web.localhost', 'shop-web', 'SHOP-WEB'])(
  'leads %s to the app',
  async (host) => {
    serve('shop-web', await app((_, response) => response.end('hello')));

    expect(await call(host)).toMatchObject({ status: 200, text: 'hello' });
  }
);

test('passes method, path, headers and body, and says whom it stands for', async () => {
  const port = await app((incoming, response) => {
    const { method, url, headers } = incoming;
    response.writeHead(201, { 'x-answer': 'yes' });
    response.write(JSON.stringify({ method, url, headers }));
    incoming.pipe(response);
  });
  serve('shop-web', port);

  const { status, text, message } = await call('shop-web.localhost', {
    method: 'POST',
    path: '/a?b=c',
    body: 'BODY',
    headers: { 'x-own': '1', 'x-forwarded-for': '10.0.0.1' },
  });
  const end = text.lastIndexOf('}') + 1;

  expect(status).toBe(201);
  expect(message.headers['x-answer']).toBe('yes');
  expect(text.slice(end)).toBe('BODY');
  expect(JSON.parse(text.slice(0, end))).toMatchObject({
    method: 'POST',
    url: '/a?b=c',
    headers: {
      'x-own': '1',
      host: 'shop-web.localhost',
      'x-forwarded-for': '10.0.0.1, 127.0.0.1',
      'x-forwarded-proto': 'http',
      'x-forwarded-host': 'shop-web.localhost',
    },
  });
});

test('an unknown host is told which ones there are', async () => {
  serve('shop-web');
  serve('blog-web');

  expect(await call('nobody.localhost')).toMatchObject({
    status: 404,
    text: 'no app service answers to the host name "nobody"; known: blog-web.localhost, shop-web.localhost\n',
  });
});

test('says when no process is ready', async () => {
  serve('shop-web');

  expect(await call('shop-web')).toMatchObject({
    status: 503,
    text: 'no process of shop-web is ready\n',
  });
});

test('takes turns', async () => {
  const ports = await Promise.all(
    ['a', 'b'].map((name) => app((_, response) => response.end(name)))
  );
  serve('shop-web', ...ports);

  const answers = [await call('shop-web'), await call('shop-web'), await call('shop-web')];

  expect(answers.map(({ text }) => text)).toEqual(['a', 'b', 'a']);
});

const closedPort = async (): Promise<number> => {
  const server = createServer();
  const port = await listen(server);
  server.close();
  return port;
};

test.each([{}, { method: 'POST', body: 'x' }])(
  'a request that %j reached nobody goes to another process',
  async (given) => {
    serve('shop-web', await closedPort(), await app((_, response) => response.end('alive')));

    expect(await call('shop-web', given)).toMatchObject({ status: 200, text: 'alive' });
  }
);

test('what may be done twice is repeated when a process dies over it, other requests are not', async () => {
  const dying = await app(({ socket }) => socket.destroy());
  const alive = await app((_, response) => response.end('alive'));
  serve('shop-web', dying, alive);
  serve('shop-api', dying, alive);

  expect(await call('shop-web')).toMatchObject({ status: 200, text: 'alive' });
  expect(await call('shop-api', { method: 'POST', body: 'x' })).toMatchObject({
    status: 502,
    text: expect.stringContaining('a process of shop-api closed the connection before it answered'),
  });
});

test('gives up after the second process', async () => {
  serve('shop-web', await closedPort(), await closedPort(), await app((_, r) => r.end()));

  expect((await call('shop-web')).status).toBe(502);
});

test('streams an answer as it comes', async () => {
  let finish = (): void => undefined;
  const port = await app((_, response) => {
    response.write('first');
    finish = () => response.end('last');
  });
  serve('shop-web', port);
  const { port: frontPort } = front.server.address() as AddressInfo;
  const seen: string[] = [];

  await new Promise<void>((resolve) => {
    request({ host: '127.0.0.1', port: frontPort, headers: { host: 'shop-web' } }, (answer) => {
      answer.on('data', (chunk) => {
        seen.push(`${chunk}`);
        finish();
      });
      answer.on('end', resolve);
    }).end();
  });

  expect(seen).toEqual(['first', 'last']);
});

test('an upgraded connection passes both ways', async () => {
  const server = createServer();
  server.on('upgrade', (_, socket) => {
    socket.write(
      'HTTP/1.1 101 Switching Protocols\r\nupgrade: echo\r\nconnection: Upgrade\r\n\r\n'
    );
    socket.pipe(socket);
  });
  servers.push(server);
  serve('shop-web', await listen(server));
  const { port } = front.server.address() as AddressInfo;
  const socket = connect(port, '127.0.0.1');
  socket.write('GET / HTTP/1.1\r\nhost: shop-web\r\nupgrade: echo\r\nconnection: Upgrade\r\n\r\n');
  let text = '';

  await new Promise<void>((resolve) => {
    socket.on('data', (chunk) => {
      text += chunk;
      if (text.endsWith('\r\n\r\n')) {
        socket.write('ping');
      }
      if (text.endsWith('ping')) {
        resolve();
      }
    });
  });
  socket.destroy();

  expect(text).toMatch(/^HTTP\/1\.1 101 Switching Protocols\r\n/);
});
