import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as it is when it is text or bytes, else as JSON. */
  readonly body?: unknown;
}

export interface Call {
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

export interface LocalServer {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  readonly host: string;
  readonly close: () => Promise<void>;
}

/** An HTTP server on this machine, on a free port; what it throws is its answer 500. */
export const serve = async (
  answer: (call: Call) => Reply | Promise<Reply>
): Promise<LocalServer> => {
  const server = createServer((request, response) => {
    void reply(answer, request, response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const close = async (): Promise<void> => {
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  };
  return { url: `http://${host}`, host, close };
};

/** The fields of a form, from a body or a query. */
export const fieldsOf = ({ body }: Call): Readonly<Record<string, string>> =>
  Object.fromEntries(new URLSearchParams(body.toString()));

const reply = async (
  answer: (call: Call) => Reply | Promise<Reply>,
  request: IncomingMessage,
  response: ServerResponse
): Promise<void> => {
  const body = Buffer.concat(await request.toArray());
  const url = new URL(request.url ?? '/', `http://${request.headers.host}`);
  const call = { method: request.method ?? 'GET', url, headers: request.headers, body };
  const {
    status,
    headers,
    body: content,
  } = await Promise.resolve(call)
    .then(answer)
    .catch((error: unknown): Reply => ({ status: 500, body: String(error) }));
  const isRaw = content === undefined || typeof content === 'string' || Buffer.isBuffer(content);
  const data = Buffer.from(isRaw ? (content ?? '') : JSON.stringify(content));
  const type = isRaw ? {} : { 'content-type': 'application/json' };
  // Also for HEAD, where Docker asks for it.
  const length = status === 204 ? {} : { 'content-length': `${data.length}` };
  response.writeHead(status, { ...type, ...length, ...headers }).end(data);
};
