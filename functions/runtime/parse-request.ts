import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { InvalidRequestError, TooLargeError } from '#core/errors.ts';
import { explainIssues } from './explain-issues.ts';
import type { Match } from './route.ts';

/** Lambda takes events of 6 MB; what the gateway lets through must not be refused by accident. */
const longestContent = 10_000_000;
/** Fields are records, not files: the largest is an environment. */
const longestFields = 2_000_000;

/**
 * Path parameters, query and body of a request as one object, checked by the contract. Path
 * parameters win over fields of the same name: the path is what was authorized.
 * @throws InvalidRequestError naming each wrong field, TooLargeError.
 */
export const parseRequest = ({ route, params }: Match, event: APIGatewayProxyEventV2): unknown => {
  const { endpoint } = route;
  const fields = endpoint.content ? { body: contentOf(event) } : bodyFields(event);
  const query = Object.fromEntries(new URLSearchParams(event.rawQueryString ?? ''));
  const input = { ...query, ...fields, ...params };
  const result = endpoint.input.safeParse(input);
  if (result.success) return result.data;
  const { issues } = result.error;
  throw new InvalidRequestError(explainIssues(issues, input), { cause: result.error });
};

/** Base64. */
const contentOf = (event: APIGatewayProxyEventV2): string =>
  bytesOf(event, longestContent).toString('base64');

/** Form or JSON, by what it is; GET and DELETE of the stock client have a content type and no body. */
const bodyFields = (event: APIGatewayProxyEventV2): object => {
  const text = bytesOf(event, longestFields).toString('utf8').trim();
  if (!text) return {};
  const isJson = /[/+]json\b/.test(event.headers['content-type'] ?? '') || text.startsWith('{');
  return isJson ? parseJson(text) : Object.fromEntries(new URLSearchParams(text));
};

const bytesOf = (event: APIGatewayProxyEventV2, longest: number): Buffer => {
  const bytes = Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8');
  if (bytes.length <= longest) return bytes;
  throw new TooLargeError(`request body is too large: ${bytes.length} bytes, over ${longest}`, {
    hint: 'a source goes up by its own address: see uploads',
  });
};

const parseJson = (text: string): object => {
  const value = parsed(text);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw new InvalidRequestError('request body is not a JSON object');
};

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new InvalidRequestError(`request body is not JSON: ${(cause as Error).message}`, {
      cause,
    });
  }
};
