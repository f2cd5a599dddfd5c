import {
  Agent,
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type Server,
  type ServerResponse,
} from 'node:http';
import {
  bytesInEvent,
  headerBytes,
  type Limits,
  limits,
  type Refusal,
  refusals,
} from './limits.ts';
import { type Bounded, readBounded } from './read-bounded.ts';

export interface FrontDoorOptions {
  /** The emulator's gateway on 127.0.0.1. */
  readonly upstreamPort: number;
  /** Names the API to the emulator: `APIID.execute-api.localhost`. */
  readonly apiHost: string;
  /** Tests make them smaller. */
  readonly limits?: Limits;
}

/** Far above what we let through, so that our own check gets to answer. */
const parserHeaderBytes = 256 * 1024;

/** Below what the emulator allows (75 s), so that no request goes out on a connection it just closed. */
const idleMilliseconds = 60_000;

/** How long a client may go on sending a body that was refused already. */
const drainMilliseconds = 10_000;

const hopHeaders = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'expect',
]);

/**
 * Passes HTTP to the deployed API as API Gateway would: whole bodies only, raw path and query, no
 * upgrade, and no more than its limits. The caller listens.
 */
export const createFrontDoor = (options: FrontDoorOptions): Server => {
  const agent = new Agent({ keepAlive: true, timeout: idleMilliseconds });
  const door = { agent, limits, ...options };
  const server = createServer(
    { maxHeaderSize: parserHeaderBytes, requireHostHeader: false },
    (request, response) => {
      serve(door, request, response).catch((error: unknown) => {
        console.error('the front door failed:', error);
        refuse(response, refusals.answer);
      });
    }
  );
  server.keepAliveTimeout = idleMilliseconds;
  server.on('upgrade', (_, socket) => socket.end(noUpgrade));
  server.once('close', () => agent.destroy());
  return server;
};

type Door = FrontDoorOptions & { readonly agent: Agent; readonly limits: Limits };

const noUpgradeText = 'this rack speaks no websockets\n';
const noUpgrade = [
  'HTTP/1.1 501 Not Implemented',
  'content-type: text/plain; charset=utf-8',
  `content-length: ${noUpgradeText.length}`,
  'connection: close',
  '',
  noUpgradeText,
].join('\r\n');

const serve = async (
  door: Door,
  request: IncomingMessage,
  response: ServerResponse
): Promise<void> => {
  const { method = 'GET', url = '/', rawHeaders } = request;
  if (headerBytes([method, url], rawHeaders) > door.limits.headerBytes) {
    refuse(response, refusals.headers);
    return;
  }
  const body = await readBody(door, request);
  if (body === 'too large') {
    refuse(response, refusals.body);
    return;
  }
  if (body === 'cut off') return;
  await pass(door, request, { body, response });
};

const readBody = async (door: Door, request: IncomingMessage): Promise<Bounded> => {
  const { requestBytes, functionBytes } = door.limits;
  if (Number(request.headers['content-length'] ?? 0) > requestBytes) return 'too large';
  const body = await readBounded(request, requestBytes);
  if (typeof body === 'string') return body;
  return bytesInEvent(request.headers['content-type'], body.length) > functionBytes
    ? 'too large'
    : body;
};

interface Exchange {
  readonly body: Buffer;
  readonly response: ServerResponse;
}

const pass = (door: Door, request: IncomingMessage, exchange: Exchange): Promise<void> =>
  new Promise((resolve) => {
    const { body, response } = exchange;
    const outgoing = httpRequest({
      host: '127.0.0.1',
      port: door.upstreamPort,
      agent: door.agent,
      method: request.method ?? 'GET',
      path: request.url ?? '/',
      headers: forwardedHeaders(request, door.apiHost, body.length),
      setHost: false,
    });
    const finish = (refusal?: Refusal): void => {
      clearTimeout(timer);
      if (refusal) refuse(response, refusal);
      resolve();
    };
    const timer = setTimeout(() => {
      finish(refusals.timeout);
      outgoing.destroy();
    }, door.limits.integrationMilliseconds);
    outgoing.once('response', (answer) => {
      answerWith(door, answer, response).then(finish, () => finish(refusals.timeout));
    });
    outgoing.once('error', () => finish(refusals.timeout));
    response.once('close', () => outgoing.destroy());
    outgoing.end(body);
  });

/** Resolves with what to say instead, if the answer may not leave the gateway. */
const answerWith = async (
  door: Door,
  answer: IncomingMessage,
  response: ServerResponse
): Promise<Refusal | undefined> => {
  const body = await readBounded(answer, door.limits.functionBytes);
  if (typeof body === 'string') return refusals.answer;
  if (headerBytes([], answer.rawHeaders) > door.limits.headerBytes) return refusals.answer;
  if (!response.headersSent && !response.destroyed) {
    const length = body.length > 0 ? { 'content-length': body.length } : {};
    response.writeHead(answer.statusCode ?? 500, {
      ...withoutHops(answer.headersDistinct),
      ...length,
    });
    response.end(body);
  }
  return undefined;
};

/** What API Gateway tells a function about the client. */
const forwardedHeaders = (
  request: IncomingMessage,
  apiHost: string,
  bodyBytes: number
): OutgoingHttpHeaders => {
  const { headers, socket } = request;
  const client = [headers['x-forwarded-for'], socket.remoteAddress].filter(Boolean).join(', ');
  return {
    ...withoutHops(request.headersDistinct),
    host: apiHost,
    'x-forwarded-for': client,
    'x-forwarded-port': `${socket.localPort}`,
    'x-forwarded-proto': 'http',
    ...(bodyBytes > 0 && { 'content-length': bodyBytes }),
  };
};

const withoutHops = (headers: NodeJS.Dict<string[]>): OutgoingHttpHeaders =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !hopHeaders.has(name)));

const refuse = (response: ServerResponse, { status, message }: Refusal): void => {
  if (response.headersSent || response.destroyed) return;
  drain(response.req);
  const text = JSON.stringify({ message });
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': text.length,
  });
  response.end(text);
};

/** A connection that is closed on a client in mid-body loses the answer as well. */
const drain = (request: IncomingMessage): void => {
  if (request.complete) return;
  request.resume();
  const timer = setTimeout(() => request.destroy(), drainMilliseconds);
  request.once('close', () => clearTimeout(timer));
};
