import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { V1ObjectMeta } from '@kubernetes/client-node';
import { ChangeFeed, type ChangeListener } from './change-feed.ts';
import { ChangeHistory, type RecordedChange } from './change-history.ts';
import { frozenCopy } from './freeze.ts';
import { parseLabelSelector } from './label-selector.ts';
import type { ListOptions, ObjectStore, StoredObject } from './object-store.ts';
import { alreadyExists, conflict, notFound, staleVersion } from './status-error.ts';
import { timestamp } from './timestamp.ts';

export interface StoreSnapshot {
  readonly resourceVersion: number;
  readonly objects: Readonly<Record<string, readonly StoredObject[]>>;
}

export interface MemoryStoreOptions {
  readonly snapshot?: StoreSnapshot | undefined;
  /** How many changes a watch can go back, at least. */
  readonly historyLimit?: number;
  readonly now?: () => Date;
}

type Key = { readonly namespace?: string | undefined; readonly name: string };

const conflictRetries = 10;
/** A restart may have lost the last writes; their versions must not be given out a second time. */
const versionGapAfterRestart = 1000;

const keyOf = (namespace: string | undefined, name: string): string => `${namespace ?? ''}/${name}`;

const metadataOf = (object: StoredObject): V1ObjectMeta => object.metadata ?? {};

const contentOf = (object: StoredObject): unknown => {
  const { resourceVersion: _, generation: __, ...metadata } = metadataOf(object);
  return { ...object, metadata };
};

const losesLastFinalizer = (before: StoredObject, after: StoredObject): boolean => {
  const { deletionTimestamp, deletionGracePeriodSeconds, finalizers } = metadataOf(after);
  return (
    deletionTimestamp !== undefined &&
    (deletionGracePeriodSeconds ?? 0) === 0 &&
    (metadataOf(before).finalizers ?? []).length > 0 &&
    (finalizers ?? []).length === 0
  );
};

/** The objects of the embedded cluster, in memory, with one rising resourceVersion. */
export class MemoryStore implements ObjectStore {
  readonly history: ChangeHistory;
  readonly #objects = new Map<string, Map<string, StoredObject>>();
  readonly #feed = new ChangeFeed();
  readonly #now: () => Date;
  #version: number;

  constructor({
    snapshot,
    historyLimit = 10_000,
    now = () => new Date(),
  }: MemoryStoreOptions = {}) {
    this.#now = now;
    this.#version = snapshot === undefined ? 1 : snapshot.resourceVersion + versionGapAfterRestart;
    this.history = new ChangeHistory(historyLimit, this.#version);
    for (const [resource, objects] of Object.entries(snapshot?.objects ?? {})) {
      for (const object of objects.map(frozenCopy)) {
        const { namespace, name = '' } = metadataOf(object);
        this.#collection(resource).set(keyOf(namespace, name), object);
      }
    }
  }

  get resourceVersion(): number {
    return this.#version;
  }

  snapshot(): StoreSnapshot {
    const objects: Record<string, readonly StoredObject[]> = {};
    for (const [resource, collection] of this.#objects) {
      objects[resource] = [...collection.values()];
    }
    return { resourceVersion: this.#version, objects };
  }

  get(resource: string, namespace: string | undefined, name: string): StoredObject | undefined {
    return this.#collection(resource).get(keyOf(namespace, name));
  }

  list(resource: string, { namespace, labelSelector }: ListOptions = {}): readonly StoredObject[] {
    const matches = parseLabelSelector(labelSelector);
    return [...this.#collection(resource).values()].filter(
      ({ metadata }) =>
        (namespace === undefined || metadata?.namespace === namespace) && matches(metadata?.labels)
    );
  }

  create(resource: string, object: StoredObject): StoredObject {
    const { namespace, name = '' } = metadataOf(object);
    if (this.get(resource, namespace, name) !== undefined) {
      throw alreadyExists(resource, name);
    }
    return this.#write('ADDED', resource, {
      ...object,
      metadata: {
        ...metadataOf(object),
        uid: metadataOf(object).uid ?? randomUUID(),
        creationTimestamp: timestamp(this.#now()),
        ...(object.spec === undefined ? {} : { generation: 1 }),
      },
    });
  }

  update(resource: string, object: StoredObject): StoredObject {
    const before = this.#current(resource, object);
    const after = frozenCopy(this.#successor(before, object));
    if (losesLastFinalizer(before, after)) {
      this.#delete(resource, after);
      return after;
    }
    if (isDeepStrictEqual(contentOf(before), contentOf(after))) {
      return before;
    }
    return this.#write('MODIFIED', resource, after);
  }

  modify(
    resource: string,
    key: Key,
    change: (object: StoredObject) => StoredObject
  ): StoredObject | undefined {
    // `change` may itself have written or removed the object: then it is asked again.
    for (let attempt = 0; attempt < conflictRetries; attempt++) {
      const object = this.get(resource, key.namespace, key.name);
      const changed = object === undefined ? undefined : change(object);
      const latest = this.get(resource, key.namespace, key.name);
      if (changed === undefined || latest === undefined) {
        return undefined;
      }
      if (latest === object) {
        return this.update(resource, changed);
      }
    }
    throw conflict(resource, key.name, staleVersion);
  }

  remove(resource: string, namespace: string | undefined, name: string): StoredObject | undefined {
    const object = this.get(resource, namespace, name);
    if (object !== undefined) {
      this.#delete(resource, object);
    }
    return object;
  }

  subscribe(resource: string, listener: ChangeListener): () => void {
    return this.#feed.subscribe(resource, listener);
  }

  /** As `subscribe`, for the changes of every resource. */
  subscribeAll(listener: ChangeListener): () => void {
    return this.#feed.subscribeAll(listener);
  }

  #collection(resource: string): Map<string, StoredObject> {
    const collection = this.#objects.get(resource) ?? new Map<string, StoredObject>();
    this.#objects.set(resource, collection);
    return collection;
  }

  /** The stored state that an update of `object` replaces, if the update's preconditions hold. */
  #current(resource: string, object: StoredObject): StoredObject {
    const { namespace, name = '', resourceVersion, uid } = metadataOf(object);
    const before = this.get(resource, namespace, name);
    if (before === undefined) {
      throw notFound(resource, name);
    }
    const stored = metadataOf(before);
    if (uid !== undefined && uid !== stored.uid) {
      throw conflict(
        resource,
        name,
        `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${stored.uid}`
      );
    }
    if (resourceVersion !== undefined && resourceVersion !== stored.resourceVersion) {
      throw conflict(resource, name, staleVersion);
    }
    return before;
  }

  #successor(before: StoredObject, object: StoredObject): StoredObject {
    const { uid, creationTimestamp, generation, deletionTimestamp } = metadataOf(before);
    const sameSpec = isDeepStrictEqual(before.spec, frozenCopy(object).spec);
    return {
      ...object,
      metadata: {
        deletionTimestamp,
        ...metadataOf(object),
        uid,
        creationTimestamp,
        generation: sameSpec || generation === undefined ? generation : generation + 1,
      },
    } as StoredObject;
  }

  #write(type: 'ADDED' | 'MODIFIED', resource: string, object: StoredObject): StoredObject {
    const { namespace, name = '' } = metadataOf(object);
    this.#version += 1;
    const stored = frozenCopy({
      ...object,
      metadata: { ...metadataOf(object), resourceVersion: `${this.#version}` },
    });
    const previous = this.get(resource, namespace, name);
    this.#collection(resource).set(keyOf(namespace, name), stored);
    this.#record({ type, resource, resourceVersion: this.#version, object: stored, previous });
    return stored;
  }

  #delete(resource: string, object: StoredObject): void {
    const { namespace, name = '' } = metadataOf(object);
    const previous = this.get(resource, namespace, name);
    this.#version += 1;
    this.#collection(resource).delete(keyOf(namespace, name));
    const resourceVersion = this.#version;
    this.#record({ type: 'DELETED', resource, resourceVersion, object, previous });
  }

  #record(change: RecordedChange): void {
    this.history.add(change);
    this.#feed.publish(change);
  }
}
