import { fillDefaults } from '../api/defaults/fill-defaults.ts';
import { prepareCreate } from '../api/defaults/prepare-create.ts';
import type { JsonObject } from '../api/json.ts';
import type { MemoryStore } from '../memory-store.ts';
import type { StoredObject } from '../object-store.ts';

const createMissing = (store: MemoryStore, plural: string, object: JsonObject): void => {
  const stored = prepareCreate(plural, fillDefaults(plural, object), store) as StoredObject;
  const { namespace, name = '' } = stored.metadata ?? {};
  if (store.get(plural, namespace, name) === undefined) {
    store.create(plural, stored);
  }
};

const ensureServiceAccount = (store: MemoryStore, namespace: string): void => {
  createMissing(store, 'serviceaccounts', {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name: 'default', namespace },
  });
};

/** What every cluster has: its first namespaces, and a service account in each namespace. */
export const ensureBuiltIns = (store: MemoryStore): (() => void) => {
  const stop = store.subscribe('namespaces', ({ type, object }) => {
    if (type === 'ADDED') {
      ensureServiceAccount(store, object.metadata?.name ?? '');
    }
  });
  for (const name of ['default', 'kube-system']) {
    const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
    createMissing(store, 'namespaces', namespace);
  }
  return stop;
};
