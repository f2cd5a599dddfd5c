import type { V1Pod } from '@kubernetes/client-node';
import type { MemoryStore } from '../../memory-store.ts';
import type { StoredObject } from '../../object-store.ts';
import { conflict } from '../../status-error.ts';
import { timestamp } from '../../timestamp.ts';
import { type Answer, ok } from '../answer.ts';
import { type JsonObject, listAt, objectAt } from '../json.ts';
import { parseOptionalBody } from '../parse-body.ts';
import type { ApiRequest } from '../request.ts';
import { qualifiedName } from '../resource-type.ts';
import { resourceTypes } from '../resource-types.ts';
import { selectionOf } from '../selection.ts';
import { requireObject } from './read.ts';
import { isDryRun, type Write } from './write.ts';

interface DeleteOptions {
  readonly propagation: 'Background' | 'Foreground' | 'Orphan';
  readonly gracePeriodSeconds: number | undefined;
  readonly uid: unknown;
  readonly resourceVersion: unknown;
}

const defaultPropagation = ({ type }: ApiRequest): DeleteOptions['propagation'] =>
  // batch/v1 keeps the pods of a Job unless told otherwise; every other kind takes them along.
  type.plural === 'jobs' ? 'Orphan' : 'Background';

const readOptions = (request: ApiRequest): DeleteOptions => {
  const body = parseOptionalBody(request);
  const { query } = request;
  const preconditions = objectAt(body, 'preconditions');
  const policy = body['propagationPolicy'] ?? query.get('propagationPolicy');
  const grace = body['gracePeriodSeconds'] ?? query.get('gracePeriodSeconds');
  const known = policy === 'Background' || policy === 'Foreground' || policy === 'Orphan';
  return {
    propagation: known ? policy : defaultPropagation(request),
    gracePeriodSeconds: grace === null ? undefined : Number(grace),
    uid: preconditions['uid'],
    resourceVersion: preconditions['resourceVersion'],
  };
};

const checkPreconditions = (
  request: ApiRequest,
  { uid, resourceVersion }: DeleteOptions,
  object: StoredObject
): void => {
  const refuse = (what: string, wanted: unknown, stored: unknown): never => {
    throw conflict(
      qualifiedName(request.type),
      object.metadata?.name ?? '',
      `Precondition failed: ${what} in precondition: ${wanted}, ${what} in object meta: ${stored}`
    );
  };
  if (uid !== undefined && uid !== object.metadata?.uid) {
    refuse('UID', uid, object.metadata?.uid);
  }
  if (resourceVersion !== undefined && resourceVersion !== object.metadata?.resourceVersion) {
    refuse('ResourceVersion', resourceVersion, object.metadata?.resourceVersion);
  }
};

const graceOf = (pod: V1Pod, asked: number | undefined): number => {
  const over = ['Succeeded', 'Failed'].includes(pod.status?.phase ?? '');
  if (pod.spec?.nodeName === undefined || over) {
    return 0;
  }
  return asked ?? pod.spec.terminationGracePeriodSeconds ?? 30;
};

const markedForDeletion = (object: StoredObject, graceSeconds: number): StoredObject => {
  const end = new Date(Date.now() + graceSeconds * 1000);
  const old = object.metadata?.deletionGracePeriodSeconds;
  if (object.metadata?.deletionTimestamp !== undefined && (old ?? 0) <= graceSeconds) {
    return object;
  }
  return {
    ...object,
    metadata: {
      ...object.metadata,
      deletionTimestamp: timestamp(end),
      deletionGracePeriodSeconds: graceSeconds,
    },
  };
};

const withFinalizer = (object: StoredObject, finalizer: string): StoredObject => {
  const finalizers = object.metadata?.finalizers ?? [];
  return {
    ...object,
    metadata: { ...object.metadata, finalizers: [...new Set([...finalizers, finalizer])] },
  };
};

/** Takes the owner off everything that it owns, so that the garbage collector leaves that alone. */
const orphanDependents = (store: MemoryStore, owner: StoredObject): void => {
  const isOwner = (reference: JsonObject): boolean => reference['uid'] === owner.metadata?.uid;
  for (const { plural } of resourceTypes) {
    for (const object of store.list(plural)) {
      const references = listAt(object, 'metadata', 'ownerReferences');
      if (references.some(isOwner)) {
        store.update(plural, {
          ...object,
          metadata: {
            ...object.metadata,
            ownerReferences: object.metadata?.ownerReferences?.filter(
              ({ uid }) => uid !== owner.metadata?.uid
            ),
          },
        } as StoredObject);
      }
    }
  }
};

/** The object as it stands afterwards, or undefined when it is gone. */
const removeObject = (
  store: MemoryStore,
  plural: string,
  object: StoredObject
): StoredObject | undefined => {
  const { namespace, name = '', finalizers } = object.metadata ?? {};
  if ((finalizers ?? []).length > 0) {
    return store.update(plural, markedForDeletion(object, 0));
  }
  store.remove(plural, namespace, name);
  return undefined;
};

const deletePod = (store: MemoryStore, pod: StoredObject, asked?: number): StoredObject => {
  const grace = graceOf(pod as unknown as V1Pod, asked);
  const marked = markedForDeletion(pod, grace);
  if (grace > 0) {
    return store.update('pods', marked);
  }
  return removeObject(store, 'pods', pod) ?? marked;
};

const deleteNamespace = (store: MemoryStore, namespace: StoredObject): StoredObject =>
  store.update('namespaces', {
    ...markedForDeletion(namespace, 0),
    status: { ...objectAt(namespace.status), phase: 'Terminating' },
  });

/**
 * Deletes in the background, as a controller does: a pod is stopped by its node first, and an object
 * with finalizers waits for them.
 */
export const deleteStored = (store: MemoryStore, plural: string, object: StoredObject): void => {
  if (plural === 'pods') {
    deletePod(store, object);
  } else {
    removeObject(store, plural, object);
  }
};

/** What is left of the object: itself for a deletion that takes time, undefined when it is gone. */
const deleteObject = (
  { store, request }: Write,
  object: StoredObject,
  options: DeleteOptions
): StoredObject | undefined => {
  const { plural } = request.type;
  if (plural === 'namespaces') {
    return deleteNamespace(store, object);
  }
  if (plural === 'pods') {
    return deletePod(store, object, options.gracePeriodSeconds);
  }
  if (options.propagation === 'Foreground') {
    return store.update(plural, withFinalizer(markedForDeletion(object, 0), 'foregroundDeletion'));
  }
  if (options.propagation === 'Orphan') {
    orphanDependents(store, object);
  }
  return removeObject(store, plural, object);
};

const success = ({ type }: ApiRequest, object: StoredObject): JsonObject => ({
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Success',
  details: {
    name: object.metadata?.name,
    ...(type.group === '' ? {} : { group: type.group }),
    kind: type.plural,
    uid: object.metadata?.uid,
  },
});

/** DELETE of one object; a pod goes when the node has stopped it. */
export const deleteOne = (write: Write): Answer => {
  const { store, request } = write;
  const object = requireObject(store, request);
  const options = readOptions(request);
  checkPreconditions(request, options, object);
  const left = isDryRun(request) ? object : deleteObject(write, object, options);
  return ok(left ?? success(request, object));
};

/** DELETE of everything that the request selects. */
export const deleteCollection = (write: Write): Answer => {
  const { store, request } = write;
  const { type, namespace } = request;
  const options = readOptions(request);
  const objects = store.list(type.plural, { namespace }).filter(selectionOf(request));
  for (const object of isDryRun(request) ? [] : objects) {
    deleteObject(write, object, options);
  }
  return ok({
    kind: `${type.kind}List`,
    apiVersion: request.type.group === '' ? 'v1' : `${type.group}/${type.version}`,
    metadata: { resourceVersion: `${store.resourceVersion}` },
    items: objects,
  });
};

/** An eviction is a deletion; budgets are not acted on here. */
export const evict = (write: Write): Answer => {
  const { store, request } = write;
  const pod = requireObject(store, request);
  const body = parseOptionalBody(request);
  const grace = objectAt(body, 'deleteOptions')['gracePeriodSeconds'];
  deletePod(store, pod, grace === undefined ? undefined : Number(grace));
  return {
    code: 201,
    body: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 },
  };
};
