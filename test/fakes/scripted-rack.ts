import type { Host } from '#cli/host.ts';
import type { Endpoint } from '#contracts/endpoint.ts';
import { routes } from '#contracts/routes.ts';

/** What a rack answers to one call: a value of the contract, or one of the failures below. */
export type Reply = unknown;
/** Replies by operation; `inTurn` makes a list of them, and a function may look at the request. */
export type Script = Readonly<Record<string, Reply | ((request: Sent) => Reply)>>;

interface Sent {
  readonly operation: string;
  readonly [field: string]: unknown;
}

class Failure {
  readonly answer: () => Response;

  constructor(answer: () => Response) {
    this.answer = answer;
  }
}

export const problem = (status: number, body: { code: string; detail: string; hint?: string }) =>
  new Failure(
    () =>
      new Response(JSON.stringify({ ...body, error: body.detail }), {
        status,
        headers: { 'content-type': 'application/problem+json' },
      })
  );

/** An answer in words of its own, as a gateway or a proxy gives it. */
export const plain = (status: number, text: string) =>
  new Failure(() => new Response(text, { status }));

export const unreachable = new Failure(() => {
  throw new TypeError('fetch failed', { cause: new Error('connect ECONNREFUSED 127.0.0.1:80') });
});

export interface ScriptedRack {
  readonly requests: Sent[];
  readonly headers: Headers[];
  readonly uploads: {
    readonly url: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: Buffer;
  }[];
  /** What broke the contract or the script: the client would take it for a lost connection. */
  readonly mistakes: unknown[];
  readonly fetch: Host['fetch'];
  readonly put: Host['put'];
}

/**
 * A rack that answers from a script. It holds both sides to the contract: a request that the input
 * schema refuses, or with a field that it does not know, fails the test, and so does an answer that
 * the response schema refuses. Uploads are scripted as `upload`, what is fetched elsewhere as `download`.
 */
export const scriptedRack = (script: Script): ScriptedRack => {
  const rack: Omit<ScriptedRack, 'fetch' | 'put'> = {
    requests: [],
    headers: [],
    uploads: [],
    mistakes: [],
  };
  const next = replies(script);

  const answerCall = async (request: Request): Promise<() => Response> => {
    const { name, endpoint, params } = findRoute(request);
    const sent = check(endpoint, { ...(await fields(request, endpoint)), ...params });
    const recorded = { operation: name, ...sent };
    rack.requests.push(recorded);
    rack.headers.push(request.headers);
    const reply = await next(name, recorded);
    if (reply instanceof Failure) return reply.answer;
    const response = answer(endpoint, reply);
    return () => response;
  };

  /** A broken contract or script must fail the test, not look like a lost connection. */
  const noted = async <Answer>(answering: Promise<Answer>): Promise<Answer> => {
    try {
      return await answering;
    } catch (mistake) {
      rack.mistakes.push(mistake);
      throw mistake;
    }
  };

  return {
    ...rack,
    fetch: async (input, init) => {
      const request = new Request(input as URL, init);
      if (new URL(request.url).host === store) return downloaded(request, next);
      return (await noted(answerCall(request)))();
    },
    put: async ({ url, content, headers, onSent }) => {
      onSent(Math.floor(content.length / 2));
      rack.uploads.push({ url, headers, body: Buffer.from(content) });
      const reply = next('upload', { operation: 'upload' });
      const response = reply instanceof Failure ? reply.answer() : new Response('');
      return { status: response.status, text: await response.text() };
    },
  };
};

/** Where addresses of the rack lead to that are not its own. */
const store = 'store.test';

/** Scripted as `download`: bytes, of which a range may be asked for, or one of the failures. */
const downloaded = (request: Request, next: ReturnType<typeof replies>): Response => {
  const range = request.headers.get('range');
  const reply = next('download', { operation: 'download', range });
  if (reply instanceof Failure) return reply.answer();
  if (reply instanceof Response) return reply;
  const start = Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1] ?? 0);
  const content = new Uint8Array(reply as Uint8Array).subarray(start);
  return new Response(content, { status: range ? 206 : 200 });
};

const replies = (script: Script) => {
  const used = new Map<string, number>();
  return (name: string, request: Sent): Reply => {
    if (!(name in script)) throw new Error(`the script has no reply to ${name}`);
    const entry = script[name];
    if (typeof entry === 'function') return entry(request);
    if (!(entry instanceof Turns)) return entry;
    const count = used.get(name) ?? 0;
    used.set(name, count + 1);
    return entry.all[Math.min(count, entry.all.length - 1)];
  };
};

class Turns {
  readonly all: readonly Reply[];

  constructor(all: readonly Reply[]) {
    this.all = all;
  }
}

/** Replies one after the other; the last one stays. */
export const inTurn = (...all: readonly Reply[]) => new Turns(all);

const findRoute = (request: Request) => {
  const path = new URL(request.url).pathname.replace(/^\/stage/, '');
  for (const [name, endpoint] of Object.entries(routes)) {
    const match = endpoint.method === request.method && pattern(endpoint.path).exec(path);
    if (match) return { name, endpoint, params: decoded(match.groups ?? {}) };
  }
  throw new Error(`no operation of the contract is ${request.method} ${path}`);
};

const pattern = (path: string): RegExp =>
  new RegExp(
    `^${path.replaceAll(/\{(\w+)(\+?)\}/g, (_, name, rest) => `(?<${name}>${rest ? '.+' : '[^/]+'})`)}$`
  );

const decoded = (params: Readonly<Record<string, string>>) =>
  Object.fromEntries(
    Object.entries(params).map(([name, value]) => [name, decodeURIComponent(value)])
  );

const fields = async (request: Request, { content }: Endpoint): Promise<object> => {
  if (content) {
    const query = Object.fromEntries(new URL(request.url).searchParams);
    return { ...query, body: Buffer.from(await request.arrayBuffer()).toString('base64') };
  }
  return request.method === 'GET' || request.method === 'DELETE'
    ? Object.fromEntries(new URL(request.url).searchParams)
    : ((await request.json()) as object);
};

/** The fields that were sent, as the contract reads them. */
const check = (endpoint: Endpoint, sent: object): Record<string, unknown> => {
  const parsed = endpoint.input.parse(sent) as Record<string, unknown>;
  const unknown = Object.keys(sent).filter((name) => !(name in parsed));
  if (unknown.length > 0) throw new Error(`the contract has no field ${unknown.join(', ')}`);
  return Object.fromEntries(Object.keys(sent).map((name) => [name, parsed[name]]));
};

const answer = (endpoint: Endpoint, reply: Reply): Response => {
  const checked = endpoint.response.parse(reply);
  return endpoint.answer === 'text' ? new Response(String(checked)) : Response.json(checked);
};
