import type { Endpoint } from '#contracts/endpoint.ts';
import { Problem } from '#contracts/problem.ts';
import { ApiError, CliError, InterruptedError, RackUnreachableError } from './errors.ts';
import type { Host } from './host.ts';
import type { RackAddress } from './racks/rack-address.ts';

/** Calls one operation. Fields with a default in the contract may be left out. */
export type Call = <Input extends object, Response>(
  endpoint: Endpoint<Input, Response>,
  request: Partial<Input>
) => Promise<Response>;

/** An answer later than this is none; the gateway itself gives up after 30 s. */
const patience = 60_000;

export const apiClient =
  (rack: RackAddress, host: Pick<Host, 'fetch' | 'signal'>): Call =>
  async (endpoint, request) => {
    const { url, body } = fill(endpoint, request as Fields, rack.url);
    const answer = await send(host, rack, [
      url,
      {
        method: endpoint.method,
        headers: {
          accept: 'application/json',
          authorization: rack.authorization,
          ...(body && { 'content-type': typeFor(endpoint) }),
        },
        ...(body && { body }),
      },
    ]);
    return read(endpoint, answer, rack);
  };

type Fields = Readonly<Record<string, unknown>>;

interface Answer {
  readonly status: number;
  readonly ok: boolean;
  readonly text: string;
}

const send = async (
  { fetch, signal }: Pick<Host, 'fetch' | 'signal'>,
  rack: RackAddress,
  [url, init]: [URL, RequestInit]
): Promise<Answer> => {
  try {
    const response = await fetch(url, {
      ...init,
      signal: AbortSignal.any([signal, AbortSignal.timeout(patience)]),
    });
    return { status: response.status, ok: response.ok, text: await response.text() };
  } catch (cause) {
    if (signal.aborted) throw new InterruptedError('interrupted', { cause });
    throw new RackUnreachableError(rack.url.origin, cause);
  }
};

const typeFor = ({ content }: Pick<Endpoint, 'content'>): string =>
  content ? 'application/octet-stream' : 'application/json';

/** Path parameters go into the path, the rest into the query of a GET or DELETE or beside content, else into the body. */
const fill = (
  { method, path, content }: Pick<Endpoint, 'content' | 'method' | 'path'>,
  request: Fields,
  rack: URL
): { url: URL; body?: string | Buffer<ArrayBuffer> } => {
  const inPath = new Set<string>();
  const filled = path.replaceAll(/\{(\w+)(\+?)\}/g, (_, name: string, rest: string) => {
    inPath.add(name);
    const value = String(request[name]);
    return rest ? value.split('/').map(encodeURIComponent).join('/') : encodeURIComponent(value);
  });
  const url = new URL(rack.href.replace(/\/$/, '') + filled);
  const others = Object.entries(request).filter(
    ([name, value]) => !inPath.has(name) && value !== undefined
  );
  if (content) {
    setQuery(
      url,
      others.filter(([name]) => name !== 'body')
    );
    return { url, body: Buffer.from(String(request['body'] ?? ''), 'base64') };
  }
  if (method !== 'GET' && method !== 'DELETE') {
    return { url, body: JSON.stringify(Object.fromEntries(others)) };
  }
  setQuery(url, others);
  return { url };
};

const setQuery = (url: URL, fields: readonly (readonly [string, unknown])[]): void => {
  for (const [name, value] of fields) url.searchParams.set(name, String(value));
};

const read = <Response>(
  endpoint: Pick<Endpoint<never, Response>, 'answer' | 'response'>,
  answer: Answer,
  rack: RackAddress
): Response => {
  if (!answer.ok) throw refusal(answer, rack);
  const payload = endpoint.answer === 'text' ? answer.text.trim() : parseJson(answer.text);
  const checked = endpoint.response.safeParse(payload);
  if (checked.success) return checked.data;
  throw new CliError('UnexpectedAnswer', `${rack.url.origin} gave an answer that is not a rack's`, {
    hint: 'check the address in RACK_URL, and that rackless is not older than the rack',
    cause: checked.error,
  });
};

/** A gateway or proxy in between answers in its own words, so an error need not be a problem of ours. */
const refusal = ({ status, text }: Answer, rack: RackAddress): ApiError => {
  const problem = Problem.safeParse(parseJson(text));
  const code = status === 401 ? 'Unauthenticated' : undefined;
  if (problem.success) {
    return new ApiError(status, { ...problem.data, ...(code && { code }) });
  }
  const words = text.trim();
  const readable = words !== '' && words.length <= 200 && !/[<{]/.test(words);
  return new ApiError(status, {
    code: code ?? 'UnexpectedAnswer',
    detail: readable ? words : `response status ${status} from ${rack.url.origin}`,
  });
};

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // not JSON: the schema refuses it
  }
};
