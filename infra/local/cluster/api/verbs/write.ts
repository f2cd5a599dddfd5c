import type { MemoryStore } from '../../memory-store.ts';
import type { StoredObject } from '../../object-store.ts';
import {
  alreadyExists,
  badRequest,
  conflict,
  StatusError,
  staleVersion,
} from '../../status-error.ts';
import { timestamp } from '../../timestamp.ts';
import { fillDefaults } from '../defaults/fill-defaults.ts';
import { prepareCreate } from '../defaults/prepare-create.ts';
import { prepareUpdate } from '../defaults/prepare-update.ts';
import { type Manager, type Owners, writeOwners } from '../fields/managers.ts';
import type { WriteScope } from '../fields/tracked-part.ts';
import { type JsonObject, objectAt } from '../json.ts';
import type { ApiRequest } from '../request.ts';
import { apiVersionOf, hasStatus, qualifiedName } from '../resource-type.ts';
import { decode } from '../schema/decode.ts';
import { modelShape } from '../schema/shape.ts';
import { validate } from '../validation/validate.ts';
import { requireOpenNamespace } from './require-open-namespace.ts';

/** What every write needs to know about its request. */
export interface Write {
  readonly store: MemoryStore;
  readonly request: ApiRequest;
  /** Filled while the write goes on. */
  readonly warnings: string[];
}

/** RFC 3339, whole seconds. */
export const currentTime = (): string => String(timestamp(new Date()));

export const isDryRun = ({ query }: ApiRequest): boolean => query.getAll('dryRun').includes('All');

export const scopeOf = ({ type, subresource }: ApiRequest): WriteScope => ({
  model: type.model,
  subresource,
  hasStatus: hasStatus(type),
});

const userAgent = ({ headers }: ApiRequest): string =>
  (headers['user-agent'] ?? '').split('/')[0] || 'unknown';

export const managerOf = (request: ApiRequest, operation: Manager['operation']): Manager => ({
  name: request.query.get('fieldManager') ?? userAgent(request),
  operation,
  apiVersion: apiVersionOf(request.type),
  subresource: request.subresource,
});

const checkKind = ({ type }: ApiRequest, { apiVersion, kind }: JsonObject): void => {
  const expected = apiVersionOf(type);
  if (apiVersion !== undefined && apiVersion !== expected) {
    throw badRequest(
      `the API version in the data (${apiVersion}) does not match the expected API version (${expected})`
    );
  }
  if (kind !== undefined && kind !== type.kind) {
    throw badRequest(
      `${type.kind} in version "${type.version}" cannot be handled as a ${kind}: no kind "${kind}" is registered here`
    );
  }
};

const checkIdentity = ({ name, namespace }: ApiRequest, object: JsonObject): void => {
  const metadata = objectAt(object, 'metadata');
  if (name !== undefined && metadata['name'] !== undefined && metadata['name'] !== name) {
    throw badRequest(
      `the name of the object (${metadata['name']}) does not match the name on the URL (${name})`
    );
  }
  if (metadata['namespace'] !== undefined && metadata['namespace'] !== namespace) {
    throw badRequest(
      'the namespace of the provided object does not match the namespace sent on the request'
    );
  }
};

const reportUnknown = ({ request, warnings }: Write, unknown: readonly string[]): void => {
  const lines = unknown.map((path) => `unknown field "${path}"`);
  const validation = request.query.get('fieldValidation') ?? 'Warn';
  if (validation === 'Strict' && lines.length > 0) {
    const { kind, version } = request.type;
    throw badRequest(
      `${kind} in version "${version}" cannot be handled as a ${kind}: strict decoding error: ${lines.join(', ')}`
    );
  }
  if (validation === 'Warn') {
    warnings.push(...lines);
  }
};

/** The document as an object of the request's kind, name and namespace. Throws 400. */
export const decodeFor = (write: Write, document: JsonObject): JsonObject => {
  const { type, name, namespace } = write.request;
  checkKind(write.request, document);
  const { value, unknownFields } = decode(document, modelShape(type.model));
  reportUnknown(write, unknownFields);
  checkIdentity(write.request, value);
  return {
    ...value,
    apiVersion: apiVersionOf(type),
    kind: type.kind,
    metadata: {
      ...objectAt(value, 'metadata'),
      ...(name === undefined ? {} : { name }),
      ...(namespace === undefined ? {} : { namespace }),
    },
  };
};

const createdNow = (object: JsonObject): JsonObject => ({
  ...object,
  metadata: { ...objectAt(object, 'metadata'), creationTimestamp: currentTime() },
});

export interface NewObject {
  /** With defaults filled in. */
  readonly object: JsonObject;
  readonly owners: Owners;
}

/** Stores a new object after everything that can refuse it. Throws 403, 404, 409, 422. */
export const storeNew = ({ store, request }: Write, { object, owners }: NewObject): JsonObject => {
  const { type, namespace } = request;
  const name = String(objectAt(object, 'metadata')['name'] ?? '');
  requireOpenNamespace(store, request, name);
  const prepared = prepareCreate(type.plural, writeOwners(object, owners), store);
  validate({ type, object: prepared, live: undefined });
  if (store.get(type.plural, namespace, name) !== undefined) {
    throw alreadyExists(qualifiedName(type), name);
  }
  return isDryRun(request)
    ? createdNow(prepared)
    : store.create(type.plural, prepared as StoredObject);
};

const checkVersion = (request: ApiRequest, object: JsonObject, live: StoredObject): void => {
  const { resourceVersion } = objectAt(object, 'metadata');
  const current = live.metadata?.resourceVersion;
  if (resourceVersion !== undefined && resourceVersion !== '' && resourceVersion !== current) {
    throw conflict(qualifiedName(request.type), request.name ?? '', staleVersion);
  }
};

export interface ChangedObject extends NewObject {
  readonly live: StoredObject;
}

/** Metadata that a client's document can't change. */
const keptMetadata = ({ metadata }: StoredObject): JsonObject =>
  JSON.parse(
    JSON.stringify({
      creationTimestamp: metadata?.creationTimestamp,
      deletionTimestamp: metadata?.deletionTimestamp,
      deletionGracePeriodSeconds: metadata?.deletionGracePeriodSeconds,
      generation: metadata?.generation,
      resourceVersion: metadata?.resourceVersion,
    })
  ) as JsonObject;

const withStatusOf = (object: JsonObject, live: StoredObject): JsonObject => {
  const { status: _, ...rest } = object;
  return live.status === undefined ? rest : { ...rest, status: live.status };
};

const onlyStatus = (object: JsonObject, live: StoredObject): JsonObject => ({
  ...live,
  metadata: {
    ...live.metadata,
    managedFields: objectAt(object, 'metadata')['managedFields'],
  },
  status: object['status'],
});

const successor = (request: ApiRequest, { object, live }: ChangedObject): JsonObject => {
  if (request.subresource === 'status') {
    return onlyStatus(object, live);
  }
  const prepared = prepareUpdate(request.type.plural, object, { ...live });
  const main = hasStatus(request.type) ? withStatusOf(prepared, live) : prepared;
  const metadata = { ...objectAt(main, 'metadata'), ...keptMetadata(live) };
  return { ...main, metadata };
};

/** Replaces a stored object after everything that can refuse that. Throws 409, 422. */
export const storeChanged = ({ store, request }: Write, changed: ChangedObject): JsonObject => {
  const { type } = request;
  const { object, owners, live } = changed;
  checkVersion(request, object, live);
  const next = successor(request, { ...changed, object: writeOwners(object, owners) });
  if (request.subresource !== 'status') {
    validate({ type, object: next, live: { ...live } });
  }
  return isDryRun(request) ? next : store.update(type.plural, next as StoredObject);
};

/** Fills in the server's defaults, except in a status. */
export const withDefaults = ({ type, subresource }: ApiRequest, object: JsonObject): JsonObject =>
  subresource === 'status' ? object : fillDefaults(type.plural, object);

export const methodNotAllowed = (): StatusError =>
  new StatusError({
    code: 405,
    reason: 'MethodNotAllowed',
    message: 'the server does not allow this method on the requested resource',
  });
