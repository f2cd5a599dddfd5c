import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { StatusError } from '../status-error.ts';
import type { Answer } from './answer.ts';
import type { ApiContext, ApiServerOptions } from './api-context.ts';
import { type Caller, identify, unauthorized } from './check-token.ts';
import { discover } from './discovery.ts';
import { answerFaults } from './fault-switches.ts';
import { Faults } from './faults.ts';
import { allowReview, handle } from './handle.ts';
import { openApi } from './openapi.ts';
import { parseObjectBody } from './parse-body.ts';
import { type ApiRequest, isSubjectReview, parseTarget } from './request.ts';
import { sendAnswer, sendJson, sendText } from './respond.ts';
import { streamLog } from './stream-log.ts';
import { streamWatch } from './stream-watch.ts';
import { toTable, wantsTable } from './tables/table.ts';

interface Exchange extends Caller {
  readonly query: URLSearchParams;
  readonly incoming: IncomingMessage;
  readonly response: ServerResponse;
}

const healthPaths = new Set(['/healthz', '/livez', '/readyz']);

const answerObjects = async (context: ApiContext, request: ApiRequest): Promise<Answer> => {
  const answer = handle({ store: context.store, request, warnings: [] });
  const printable = request.method === 'GET' && request.subresource === undefined;
  return printable && wantsTable(request.headers)
    ? { ...answer, body: toTable(request, answer.body) }
    : answer;
};

const readRequest = async ({
  path,
  query,
  incoming,
}: Exchange): Promise<ApiRequest | undefined> => {
  const target = parseTarget(path);
  if (target === undefined) {
    return undefined;
  }
  const body = await text(incoming);
  return { ...target, method: incoming.method ?? '', query, headers: incoming.headers, body };
};

const isWatch = ({ method, query, subresource }: ApiRequest): boolean =>
  method === 'GET' && subresource === undefined && ['true', '1'].includes(query.get('watch') ?? '');

const answerRequest = async (
  context: ApiContext,
  request: ApiRequest,
  response: ServerResponse
): Promise<void> => {
  if (isWatch(request)) {
    await streamWatch(context, request, response);
  } else if (request.subresource === 'log' && request.method === 'GET') {
    await streamLog(context, request, response);
  } else {
    sendAnswer(response, await answerObjects(context, request));
  }
};

const unknownPath = (path: string): StatusError =>
  new StatusError({
    code: 404,
    reason: 'NotFound',
    message: `the server could not find the requested resource (${path})`,
  });

const route = async (context: ApiContext, exchange: Exchange): Promise<void> => {
  const { path, incoming, response } = exchange;
  if (path === '/_faults') {
    return answerFaults(context, incoming, response);
  }
  if (isSubjectReview(path) && incoming.method === 'POST') {
    const body = await text(incoming);
    return sendAnswer(response, allowReview(parseObjectBody({ headers: incoming.headers, body })));
  }
  const document = discover(path) ?? openApi(path, exchange.prefix);
  if (document !== undefined) {
    return sendJson(response, 200, document);
  }
  const request = await readRequest(exchange);
  if (request === undefined) {
    throw unknownPath(path);
  }
  return answerRequest(context, request, response);
};

const admit = async (context: ApiContext, exchange: Exchange): Promise<void> => {
  const { path, incoming, response } = exchange;
  const isSwitch = path === '/_faults';
  if (!isSwitch && (await context.faults.strike(incoming))) {
    incoming.socket.destroy();
    return;
  }
  if (healthPaths.has(path.replace(/^(\/[a-z]+)\/.*/, '$1'))) {
    sendText(response, 200, 'ok');
    return;
  }
  if (!exchange.trusted) {
    throw unauthorized();
  }
  await route(context, exchange);
};

const refuse = (response: ServerResponse, error: unknown): void => {
  const status =
    error instanceof StatusError
      ? error.toStatus()
      : new StatusError({
          code: 500,
          reason: 'InternalError',
          message: `Internal error occurred: ${error instanceof Error ? error.stack : error}`,
        }).toStatus();
  if (response.headersSent) {
    response.destroy();
  } else {
    sendJson(response, status.code ?? 500, { ...status });
  }
};

const listener =
  (context: ApiContext) =>
  (incoming: IncomingMessage, response: ServerResponse): void => {
    const { pathname, searchParams } = new URL(incoming.url ?? '/', 'http://127.0.0.1');
    const caller = identify(context.token, pathname, incoming);
    const exchange = { ...caller, query: searchParams, incoming, response };
    admit(context, exchange).catch((error: unknown) => refuse(response, error));
  };

export interface ApiServer {
  readonly port: number;
  readonly faults: Faults;
  readonly close: () => Promise<void>;
}

const closeServer = async (server: Server, watches: Set<AbortController>): Promise<void> => {
  for (const watch of watches) {
    watch.abort();
  }
  server.close();
  server.closeAllConnections();
  await once(server, 'close');
};

/** Serves the Kubernetes API on 127.0.0.1. */
export const startApiServer = async (options: ApiServerOptions): Promise<ApiServer> => {
  const context = { ...options, faults: new Faults(), watches: new Set<AbortController>() };
  const server = createServer(listener(context));
  // A watch that says nothing for long is not idle.
  server.requestTimeout = 0;
  server.listen(options.port, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    faults: context.faults,
    close: () => closeServer(server, context.watches),
  };
};
