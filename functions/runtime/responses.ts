import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { DomainError, type ErrorKind, TooLargeError } from '#core/errors.ts';
import { logger } from './logger.ts';

const statusOf: Readonly<Record<ErrorKind, number>> = {
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  'not-found': 404,
  conflict: 409,
  'too-large': 413,
  unavailable: 503,
};

type Answer = APIGatewayProxyStructuredResultV2;

/** Lambda answers at most 6 MB; a little is left for headers. */
const maxAnswer = 5_900_000;

const securityHeaders = { 'x-content-type-options': 'nosniff', 'x-frame-options': 'DENY' };

const reply = (statusCode: number, headers: Record<string, string>, body: string): Answer => ({
  statusCode,
  headers: { ...securityHeaders, ...headers },
  body,
});

/**
 * Convox indents its JSON by two and ends it with a newline; scripts diff it.
 * @throws TooLargeError
 */
export const json = (value: unknown, requestId: string): Answer => {
  const body = `${JSON.stringify(value, null, 2)}\n`;
  if (Buffer.byteLength(body) > maxAnswer) {
    throw new TooLargeError('answer is over 6 MB', { hint: 'ask for less: set limit' });
  }
  return reply(200, { 'content-type': 'application/json', 'request-id': requestId }, body);
};

export const text = (value: string, requestId: string): Answer =>
  reply(200, { 'content-type': 'text/plain; charset=utf-8', 'request-id': requestId }, value);

/** The address may be a credential for an hour: nobody in between is to keep it. */
export const redirect = (location: string, requestId: string): Answer =>
  reply(307, { location, 'cache-control': 'no-store', 'request-id': requestId }, '');

/** The one error shape: a problem for clients that ask for JSON, Convox's plain text for others. */
export const problem = (error: unknown, event: APIGatewayProxyEventV2): Answer => {
  const known = error instanceof DomainError ? error : undefined;
  const requestId = event.requestContext.requestId;
  if (!known) logger.error('unexpected error', { error, requestId });
  const status = known ? statusOf[known.kind] : 500;
  const detail = known?.message ?? `something went wrong on our side (request ${requestId})`;
  const challenge = status === 401 ? { 'www-authenticate': 'Basic realm="convox"' } : {};
  const headers = { ...challenge, 'request-id': requestId };
  if (!wantsJson(event)) {
    return reply(status, { ...headers, 'content-type': 'text/plain; charset=utf-8' }, detail);
  }
  const body = {
    code: known?.code ?? 'InternalError',
    detail,
    ...(known?.hint && { hint: known.hint }),
    error: detail,
    requestId,
  };
  const contentType = 'application/problem+json';
  return reply(status, { ...headers, 'content-type': contentType }, JSON.stringify(body));
};

const wantsJson = ({ headers }: APIGatewayProxyEventV2): boolean =>
  /application\/(problem\+)?json/.test(headers['accept'] ?? '');
