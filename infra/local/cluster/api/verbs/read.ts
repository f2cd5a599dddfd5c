import type { MemoryStore } from '../../memory-store.ts';
import type { StoredObject } from '../../object-store.ts';
import { badRequest, expired, notFound } from '../../status-error.ts';
import { type Answer, ok } from '../answer.ts';
import { byText, defined, type JsonObject, without } from '../json.ts';
import type { ApiRequest } from '../request.ts';
import { apiVersionOf, qualifiedName } from '../resource-type.ts';
import { selectionOf } from '../selection.ts';

/** The stored object that the request's path names. Throws 404. */
export const requireObject = (store: MemoryStore, request: ApiRequest): StoredObject => {
  const { type, namespace, name = '' } = request;
  const object = store.get(type.plural, namespace, name);
  if (object === undefined) {
    throw notFound(qualifiedName(type), name);
  }
  return object;
};

export const get = (store: MemoryStore, request: ApiRequest): Answer =>
  ok(requireObject(store, request));

interface Page {
  readonly items: readonly StoredObject[];
  readonly next: string | undefined;
  readonly remaining: number | undefined;
}

const positionOf = ({ metadata }: StoredObject): string =>
  `${metadata?.namespace ?? ''}/${metadata?.name}`;

const readToken = (token: string): string => {
  const { after } = JSON.parse(Buffer.from(token, 'base64url').toString()) as { after?: unknown };
  if (typeof after !== 'string') {
    throw new TypeError('no position in the token');
  }
  return after;
};

const startOf = (token: string | null): string => {
  if (token === null || token === '') {
    return '';
  }
  try {
    return readToken(token);
  } catch (error) {
    throw badRequest(`continue key is not valid: ${error instanceof Error ? error.message : ''}`);
  }
};

const pageOf = (objects: readonly StoredObject[], query: URLSearchParams): Page => {
  const start = startOf(query.get('continue'));
  const rest = objects
    .filter((object) => positionOf(object) > start)
    .sort((a, b) => byText(positionOf(a), positionOf(b)));
  const limit = Number(query.get('limit') ?? 0);
  if (limit <= 0 || rest.length <= limit) {
    return { items: rest, next: undefined, remaining: undefined };
  }
  const items = rest.slice(0, limit);
  const after = positionOf(items.at(-1) ?? {});
  return {
    items,
    next: Buffer.from(JSON.stringify({ after })).toString('base64url'),
    remaining: rest.length - limit,
  };
};

/** As the API server, items of a list don't repeat their kind. */
export const list = (store: MemoryStore, request: ApiRequest): Answer => {
  const { type, query, namespace } = request;
  const asked = Number(query.get('resourceVersion') ?? 0);
  if (query.get('resourceVersionMatch') === 'Exact' && asked !== store.resourceVersion) {
    throw expired(asked, store.resourceVersion);
  }
  const matching = store.list(type.plural, { namespace }).filter(selectionOf(request));
  const { items, next, remaining } = pageOf(matching, query);
  const body: JsonObject = {
    kind: `${type.kind}List`,
    apiVersion: apiVersionOf(type),
    metadata: defined({
      resourceVersion: `${store.resourceVersion}`,
      continue: next,
      remainingItemCount: remaining,
    }),
    items: items.map((item) => without(item, 'kind', 'apiVersion')),
  };
  return ok(body);
};
