import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import * as z from 'zod';
import { InvalidRequestError } from '#core/errors.ts';
import type { Match } from './route.ts';

/**
 * Path parameters, query and body of a request as one object, checked by the contract. Path
 * parameters win over fields of the same name: the path is what was authorized.
 * @throws InvalidRequestError naming each wrong field.
 */
export const parseRequest = ({ route, params }: Match, event: APIGatewayProxyEventV2): unknown => {
  const { endpoint } = route;
  const fields = endpoint.content ? { body: contentOf(event) } : bodyFields(event);
  const query = Object.fromEntries(new URLSearchParams(event.rawQueryString ?? ''));
  const result = endpoint.input.safeParse({ ...query, ...fields, ...params });
  if (result.success) return result.data;
  throw new InvalidRequestError(explain(result.error), { cause: result.error });
};

const explain = (error: z.ZodError): string =>
  error.issues
    .map((issue) => `${issue.path.join('.') || 'request'}: ${lowerFirst(issue.message)}`)
    .join('; ');

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);

const contentOf = ({ body = '', isBase64Encoded }: APIGatewayProxyEventV2): string =>
  isBase64Encoded ? body : Buffer.from(body).toString('base64');

/** GET and DELETE of the stock client carry a content type and no body. */
const bodyFields = (event: APIGatewayProxyEventV2): object => {
  const text = Buffer.from(contentOf(event), 'base64').toString('utf8');
  if (!text.trim()) return {};
  return isJson(event) ? parseJson(text) : Object.fromEntries(new URLSearchParams(text));
};

const isJson = ({ headers }: APIGatewayProxyEventV2): boolean =>
  /[/+]json\b/.test(headers['content-type'] ?? '');

const parseJson = (text: string): object => {
  try {
    return z.record(z.string(), z.unknown()).parse(JSON.parse(text));
  } catch (cause) {
    throw new InvalidRequestError('request body is not a JSON object', { cause });
  }
};
