import type {
  ClientRequest,
  IncomingHttpHeaders,
  IncomingMessage,
  ServerResponse,
} from 'node:http';

const repeatable = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE']);
const lostConnection = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE']);
const hopHeaders = new Set(['connection', 'keep-alive', 'proxy-connection', 'transfer-encoding']);

const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;

/**
 * Whether a request may be done twice. Others get a connection of their own: a kept one may be closed
 * by the other side in the moment in which it is used, and then nobody can tell what was done.
 */
export const isRepeatable = (request: IncomingMessage): boolean =>
  repeatable.has(request.method ?? '') && !hasBody(request);

/** The headers of a request, and for whom it is forwarded. */
export const forwardedHeaders = (request: IncomingMessage): IncomingHttpHeaders => {
  const { headers, socket } = request;
  const own = headers['x-forwarded-for'];
  return {
    ...headers,
    'x-forwarded-for': [own, socket.remoteAddress].filter(Boolean).join(', '),
    'x-forwarded-proto': headers['x-forwarded-proto'] ?? 'http',
    'x-forwarded-host': headers['x-forwarded-host'] ?? headers.host,
    'x-forwarded-port': headers['x-forwarded-port'] ?? `${socket.localPort}`,
  };
};

/** Headers that concern one connection stay on it. */
export const withoutHopHeaders = (headers: IncomingHttpHeaders): IncomingHttpHeaders =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !hopHeaders.has(name)));

/** Nothing was sent on a refused connection; otherwise only what may be done twice is repeated. */
export const mayRepeat = (
  request: IncomingMessage,
  response: ServerResponse,
  { code = '' }: NodeJS.ErrnoException
): boolean => {
  if (response.headersSent || response.destroyed || !lostConnection.has(code)) {
    return false;
  }
  return code === 'ECONNREFUSED' || isRepeatable(request);
};

/** The body stays unread until there is a connection, so that another pod can still have it. */
export const sendBody = (request: IncomingMessage, outgoing: ClientRequest): void => {
  if (!hasBody(request)) {
    outgoing.end();
    return;
  }
  outgoing.once('socket', (socket) => {
    if (socket.connecting) {
      socket.once('connect', () => request.pipe(outgoing));
    } else {
      request.pipe(outgoing);
    }
  });
};
