import {
  Agent,
  type ClientRequest,
  createServer,
  request as httpRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import type { Duplex } from 'node:stream';
import {
  forwardedHeaders,
  isRepeatable,
  mayRepeat,
  sendBody,
  withoutHopHeaders,
} from './forwarded-request.ts';
import { type FrontRoute, hostName } from './front-routes.ts';
import type { OpenRequests } from './open-requests.ts';
import { openTunnel } from './open-tunnel.ts';
import { type Endpoint, RoundRobin } from './service-endpoints.ts';

interface Answer {
  readonly status: number;
  readonly text: string;
}

/** Answers for all apps on one port, by the Host header. It keeps no state but connections. */
export class HttpFront {
  readonly server = createServer((request, response) => this.#serve(request, response));
  readonly #routes: () => readonly FrontRoute[];
  readonly #turns = new Map<string, RoundRobin>();
  readonly #agent = new Agent({ keepAlive: true });
  readonly #tunnels = new Set<Duplex>();

  readonly #open: OpenRequests;

  constructor(routes: () => readonly FrontRoute[], open: OpenRequests) {
    this.#routes = routes;
    this.#open = open;
    this.server.on('upgrade', (request, socket: Duplex, head: Buffer) =>
      this.#upgrade(request, socket, head)
    );
    // Apps may hold a request open for as long as they like.
    this.server.requestTimeout = 0;
  }

  close(): void {
    this.server.close();
    this.server.closeAllConnections();
    for (const tunnel of this.#tunnels) {
      tunnel.destroy();
    }
    this.#agent.destroy();
  }

  /** The pods to try, in turn, or what to answer instead. */
  #find(request: IncomingMessage): readonly [Endpoint, ...Endpoint[]] | Answer {
    const host = hostName(request.headers.host ?? '');
    const routes = this.#routes();
    const route = routes.find((candidate) => candidate.host === host);
    if (route === undefined) {
      return { status: 404, text: unknownHost(host, routes) };
    }
    const turns = this.#turns.get(host) ?? new RoundRobin();
    this.#turns.set(host, turns);
    const [first, ...others] = turns.order(route.endpoints());
    return first === undefined
      ? { status: 503, text: `no process of ${host} is ready` }
      : [first, ...others];
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    const found = this.#find(request);
    if ('status' in found) {
      refuse(request, response, found);
      return;
    }
    const [first, second = first] = found;
    this.#forward(request, response, [first, second]);
  }

  #forward(
    request: IncomingMessage,
    response: ServerResponse,
    [endpoint, next]: readonly Endpoint[]
  ): void {
    if (endpoint === undefined) {
      return;
    }
    const outgoing = this.#request(request, endpoint, withoutHopHeaders(forwardedHeaders(request)));
    outgoing.once('response', (incoming) => {
      response.writeHead(incoming.statusCode ?? 502, withoutHopHeaders(incoming.headers));
      incoming.pipe(response);
      incoming.once('error', () => response.destroy());
    });
    outgoing.once('error', (error: NodeJS.ErrnoException) => {
      if (next !== undefined && mayRepeat(request, response, error)) {
        this.#forward(request, response, [next]);
      } else {
        fail(request, response, error);
      }
    });
    this.#open.begin(endpoint.port);
    outgoing.once('close', () => this.#open.end(endpoint.port));
    response.once('close', () => outgoing.destroy());
    sendBody(request, outgoing);
  }

  #request(
    request: IncomingMessage,
    { port }: Endpoint,
    headers: IncomingHttpHeaders
  ): ClientRequest {
    const { method = 'GET', url = '/' } = request;
    const body =
      request.headers['transfer-encoding'] === undefined ? {} : { 'transfer-encoding': 'chunked' };
    return httpRequest({
      host: '127.0.0.1',
      port,
      method,
      path: url,
      headers: { ...headers, ...body },
      agent: isRepeatable(request) ? this.#agent : false,
      setHost: false,
    });
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const found = this.#find(request);
    if ('status' in found) {
      const { status, text } = found;
      socket.end(
        `HTTP/1.1 ${status} \r\ncontent-type: text/plain\r\nconnection: close\r\n\r\n${text}\n`
      );
      return;
    }
    this.#tunnels.add(socket);
    socket.once('close', () => this.#tunnels.delete(socket));
    openTunnel({ request, socket, head, port: found[0].port });
  }
}

const unknownHost = (host: string, routes: readonly FrontRoute[]): string => {
  const known = [...new Set(routes.map((route) => route.host))].sort((one, other) =>
    one.localeCompare(other)
  );
  const list =
    known.length === 0 ? 'none yet' : known.map((name) => `${name}.localhost`).join(', ');
  return `no app service answers to the host name "${host}"; known: ${list}`;
};

/** A refusal must not leave an unread body in the connection. */
const refuse = (
  request: IncomingMessage,
  response: ServerResponse,
  { status, text }: Answer
): void => {
  request.resume();
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' });
  response.end(`${text}\n`);
};

const fail = (request: IncomingMessage, response: ServerResponse, error: Error): void => {
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  const host = hostName(request.headers.host ?? '');
  refuse(request, response, {
    status: 502,
    text: `a process of ${host} closed the connection before it answered: ${error.message}`,
  });
};
