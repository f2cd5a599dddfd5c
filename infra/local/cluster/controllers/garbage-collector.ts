import { findKind, resourceTypes } from '../api/resource-types.ts';
import { deleteStored } from '../api/verbs/delete.ts';
import type { RecordedChange } from '../change-history.ts';
import type { MemoryStore } from '../memory-store.ts';
import type { StoredObject } from '../object-store.ts';
import { type Meta, read, stored, type WireObject } from '../wire.ts';
import { WorkQueue } from './work-queue.ts';

type Reference = NonNullable<Meta['ownerReferences']>[number];

const foreground = 'foregroundDeletion';

const referencesOf = (object: StoredObject): readonly Reference[] =>
  read<WireObject>(object).metadata?.ownerReferences ?? [];

/** Owners are in the namespace of what they own, or have none. */
const ownerOf = (
  store: MemoryStore,
  object: StoredObject,
  { kind, name, uid }: Reference
): StoredObject | undefined => {
  const type = findKind(kind);
  const namespace = type?.namespaced === true ? object.metadata?.namespace : undefined;
  const owner = type === undefined ? undefined : store.get(type.plural, namespace, name);
  return owner?.metadata?.uid === uid ? owner : undefined;
};

/** A kind that this cluster does not know can't be looked up: what it owns stays. */
const isKnown = ({ kind }: Reference): boolean => findKind(kind) !== undefined;

const isWaiting = ({ metadata }: StoredObject): boolean =>
  metadata?.deletionTimestamp !== undefined && (metadata.finalizers ?? []).includes(foreground);

const dependentsOf = (store: MemoryStore, owner: StoredObject) =>
  resourceTypes.flatMap(({ plural }) =>
    store
      .list(plural, { namespace: owner.metadata?.namespace })
      .filter((object) => referencesOf(object).some(({ uid }) => uid === owner.metadata?.uid))
      .map((object) => ({ plural, object }))
  );

const withoutReferences = (object: StoredObject, left: readonly Reference[]): StoredObject => {
  const { ownerReferences: _, ...metadata } = read<WireObject>(object).metadata ?? {};
  return stored({
    ...read<WireObject>(object),
    metadata: left.length === 0 ? metadata : { ...metadata, ownerReferences: [...left] },
  } as WireObject);
};

/** Deletes an object whose owners are all gone; takes references to gone owners off the others. */
const checkOwners = (store: MemoryStore, plural: string, object: StoredObject): void => {
  const references = referencesOf(object);
  const left = references.filter(
    (each) => !isKnown(each) || ownerOf(store, object, each) !== undefined
  );
  if (left.length === references.length) {
    return;
  }
  if (left.length > 0) {
    store.update(plural, withoutReferences(object, left));
  } else if (object.metadata?.deletionTimestamp === undefined) {
    deleteStored(store, plural, object);
  }
};

/** A foreground deletion: what is owned goes first, then the owner. */
const finishForeground = (store: MemoryStore, plural: string, owner: StoredObject): void => {
  const dependents = dependentsOf(store, owner);
  for (const { plural: resource, object } of dependents) {
    if (object.metadata?.deletionTimestamp === undefined) {
      deleteStored(store, resource, object);
    }
  }
  const blocking = dependentsOf(store, owner).some(({ object }) =>
    referencesOf(object).some(
      ({ uid, blockOwnerDeletion }) => uid === owner.metadata?.uid && blockOwnerDeletion === true
    )
  );
  if (!blocking) {
    store.update(plural, {
      ...owner,
      metadata: {
        ...owner.metadata,
        finalizers: owner.metadata?.finalizers?.filter((each) => each !== foreground) ?? [],
      },
    });
  }
};

const check = (store: MemoryStore, key: string): void => {
  const [plural = '', namespace, name = ''] = key.split('/');
  const object = store.get(plural, namespace === '' ? undefined : namespace, name);
  if (object === undefined) {
    return;
  }
  if (isWaiting(object)) {
    finishForeground(store, plural, object);
  } else {
    checkOwners(store, plural, object);
  }
};

const keyOf = (plural: string, { metadata }: StoredObject): string =>
  `${plural}/${metadata?.namespace ?? ''}/${metadata?.name}`;

/** What a change concerns: the object itself, what it owned, and the owners that wait for it. */
const concerned = (store: MemoryStore, { type, resource, object }: RecordedChange): string[] => {
  if (type !== 'DELETED') {
    const relevant = referencesOf(object).length > 0 || isWaiting(object);
    return relevant ? [keyOf(resource, object)] : [];
  }
  const owners = referencesOf(object).flatMap((reference) => {
    const owner = ownerOf(store, object, reference);
    const plural = findKind(reference.kind)?.plural ?? '';
    return owner === undefined || !isWaiting(owner) ? [] : [keyOf(plural, owner)];
  });
  const dependents = dependentsOf(store, object).map((each) => keyOf(each.plural, each.object));
  return [...owners, ...dependents];
};

/** Deletes what has lost its owners; the returned function stops it. */
export const runGarbageCollector = (store: MemoryStore): (() => void) => {
  const queue = new WorkQueue((key) => check(store, key));
  const stop = store.subscribeAll((change) => {
    for (const key of change.resource === 'events' ? [] : concerned(store, change)) {
      queue.add(key);
    }
  });
  for (const { plural } of resourceTypes) {
    for (const object of store.list(plural)) {
      queue.add(keyOf(plural, object));
    }
  }
  return () => {
    stop();
    queue.close();
  };
};
