import type { MemoryStore } from '../memory-store.ts';
import { stored, type WireObject } from '../wire.ts';
import { createObject } from './create-object.ts';
import { localNode } from './local-node.ts';

const createMissing = (store: MemoryStore, plural: string, object: WireObject): void => {
  const { namespace, name = '' } = object.metadata ?? {};
  if (store.get(plural, namespace, name) === undefined) {
    createObject(store, plural, object);
  }
};

const ensureServiceAccount = (store: MemoryStore, namespace: string): void => {
  createMissing(store, 'serviceaccounts', {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name: 'default', namespace },
  });
};

/** The machine may have changed since the last run. */
const ensureNode = (store: MemoryStore): void => {
  const node = localNode(new Date());
  createMissing(store, 'nodes', node);
  store.modify('nodes', { name: node.metadata?.name ?? '' }, (old) => ({
    ...old,
    status: stored(node).status,
  }));
};

/** What every cluster has: a node, its first namespaces, a service account in each namespace. */
export const ensureBuiltIns = (store: MemoryStore): (() => void) => {
  const stop = store.subscribe('namespaces', ({ type, object }) => {
    if (type === 'ADDED') {
      ensureServiceAccount(store, object.metadata?.name ?? '');
    }
  });
  ensureNode(store);
  for (const name of ['default', 'kube-system']) {
    createMissing(store, 'namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  }
  return stop;
};
