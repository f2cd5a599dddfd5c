import { resourceTypes } from '../api/resource-types.ts';
import { deleteStored } from '../api/verbs/delete.ts';
import type { MemoryStore } from '../memory-store.ts';
import { WorkQueue } from './work-queue.ts';

const namespaced = resourceTypes.filter((type) => type.namespaced).map(({ plural }) => plural);

const contentOf = (store: MemoryStore, namespace: string) =>
  namespaced.flatMap((plural) =>
    store.list(plural, { namespace }).map((object) => ({ plural, object }))
  );

/** Deletes what is in a namespace that is going, and then the namespace itself. */
const empty = (store: MemoryStore, name: string): void => {
  const namespace = store.get('namespaces', undefined, name);
  if (namespace?.metadata?.deletionTimestamp === undefined) {
    return;
  }
  for (const { plural, object } of contentOf(store, name)) {
    if (object.metadata?.deletionTimestamp === undefined) {
      deleteStored(store, plural, object);
    }
  }
  if (contentOf(store, name).length === 0) {
    store.remove('namespaces', undefined, name);
  }
};

/** Takes namespaces down; the returned function stops it. */
export const runNamespaces = (store: MemoryStore): (() => void) => {
  const queue = new WorkQueue((name) => empty(store, name));
  const stop = store.subscribeAll(({ type, resource, object }) => {
    const { name = '', namespace } = object.metadata ?? {};
    if (resource === 'namespaces') {
      queue.add(name);
    } else if (type === 'DELETED' && namespace !== undefined) {
      queue.add(namespace);
    }
  });
  for (const { metadata } of store.list('namespaces')) {
    queue.add(metadata?.name ?? '');
  }
  return () => {
    stop();
    queue.close();
  };
};
