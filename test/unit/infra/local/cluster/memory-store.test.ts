import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { MemoryStore } from '#infra/local/cluster/memory-store.ts';
import type { StoredObject } from '#infra/local/cluster/object-store.ts';
import { keepState, readState } from '#infra/local/cluster/state-folder.ts';

const aConfigMap = (name: string, fields: Partial<StoredObject> = {}): StoredObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  ...fields,
  metadata: { name, namespace: 'shop', ...fields.metadata },
});

const key = { namespace: 'shop', name: 'a' };

test('create gives uid, creationTimestamp and a rising resourceVersion', () => {
  const store = new MemoryStore({ now: () => new Date('2026-03-18T14:30:49.123Z') });

  const first = store.create('configmaps', aConfigMap('a'));
  const second = store.create('configmaps', aConfigMap('b'));

  expect(first.metadata?.creationTimestamp).toBe('2026-03-18T14:30:49Z');
  expect(first.metadata?.uid).toMatch(/^[0-9a-f-]{36}$/);
  expect(Number(second.metadata?.resourceVersion)).toBeGreaterThan(
    Number(first.metadata?.resourceVersion)
  );
});

test('create refuses a name that is taken', () => {
  const store = new MemoryStore();
  store.create('configmaps', aConfigMap('a'));

  expect(() => store.create('configmaps', aConfigMap('a'))).toThrow(
    expect.objectContaining({ code: 409, reason: 'AlreadyExists' })
  );
});

test('objects are frozen to the leaves', () => {
  const store = new MemoryStore();

  const stored = store.create('configmaps', aConfigMap('a', { data: { list: ['x'] } }));

  expect(Object.isFrozen((stored['data'] as { list: string[] }).list)).toBe(true);
});

test('update with an old resourceVersion is a conflict', () => {
  const store = new MemoryStore();
  const old = store.create('configmaps', aConfigMap('a'));
  store.update('configmaps', aConfigMap('a', { data: { key: '1' } }));

  expect(() => store.update('configmaps', { ...old, data: { key: '2' } })).toThrow(
    expect.objectContaining({ code: 409, reason: 'Conflict' })
  );
});

test('a changed spec raises the generation, a changed status does not', () => {
  const store = new MemoryStore();
  store.create('deployments', aConfigMap('a', { spec: { replicas: 1 } }));

  const status = store.update(
    'deployments',
    aConfigMap('a', { spec: { replicas: 1 }, status: { replicas: 1 } })
  );
  const spec = store.update('deployments', aConfigMap('a', { spec: { replicas: 2 } }));

  expect(status.metadata?.generation).toBe(1);
  expect(spec.metadata?.generation).toBe(2);
});

test('a write that changes nothing is no change', () => {
  const store = new MemoryStore();
  const stored = store.create('configmaps', aConfigMap('a', { data: { key: '1' } }));

  expect(store.update('configmaps', { ...stored })).toBe(stored);
});

test('removing the last finalizer of a deleted object deletes it', () => {
  const store = new MemoryStore();
  const stored = store.create('configmaps', aConfigMap('a', { metadata: { finalizers: ['x/y'] } }));
  store.modify('configmaps', key, (object) => ({
    ...object,
    metadata: { ...object.metadata, deletionTimestamp: stored.metadata?.creationTimestamp as Date },
  }));
  expect(store.get('configmaps', 'shop', 'a')).toBeDefined();

  store.modify('configmaps', key, (object) => ({
    ...object,
    metadata: { ...object.metadata, finalizers: [] },
  }));

  expect(store.get('configmaps', 'shop', 'a')).toBeUndefined();
});

test('modify reads again after its own change was overtaken', () => {
  const store = new MemoryStore();
  store.create('configmaps', aConfigMap('a'));
  let overtaken = false;

  const stored = store.modify('configmaps', key, (object) => {
    if (!overtaken) {
      overtaken = true;
      store.update('configmaps', aConfigMap('a', { data: { other: '1' } }));
    }
    return { ...object, data: { ...(object['data'] as object), own: '2' } };
  });

  expect(stored?.['data']).toEqual({ other: '1', own: '2' });
});

test('listeners see changes in order, also those made by a listener', () => {
  const store = new MemoryStore();
  const seen: string[] = [];
  store.subscribe('configmaps', ({ type, object }) => {
    if (object.metadata?.name === 'a' && type === 'ADDED') {
      store.create('configmaps', aConfigMap('b'));
    }
  });
  store.subscribe('configmaps', ({ type, object }) =>
    seen.push(`${type} ${object.metadata?.name}`)
  );

  store.create('configmaps', aConfigMap('a'));
  store.remove('configmaps', 'shop', 'a');

  expect(seen).toEqual(['ADDED a', 'ADDED b', 'DELETED a']);
});

test('a history that was cut answers 410 for older versions only', () => {
  const store = new MemoryStore({ historyLimit: 2 });
  const versions = ['a', 'b', 'c', 'd', 'e'].map((name) =>
    Number(store.create('configmaps', aConfigMap(name)).metadata?.resourceVersion)
  );

  expect(() => store.history.since(versions[0] as number)).toThrow(
    expect.objectContaining({ code: 410, reason: 'Expired' })
  );
  expect(store.history.since(versions[3] as number)).toHaveLength(1);
});

test('state survives a restart and versions are not given out again', () => {
  const folder = mkdtempSync(join(tmpdir(), 'cluster-state-'));
  const before = new MemoryStore();
  const close = keepState(before, folder);
  const stored = before.create('configmaps', aConfigMap('a', { data: { key: '1' } }));
  close();

  const after = new MemoryStore({ snapshot: readState(folder) });

  expect(after.get('configmaps', 'shop', 'a')).toEqual(stored);
  expect(after.resourceVersion).toBeGreaterThan(before.resourceVersion);
});

test('list selects by label', () => {
  const store = new MemoryStore();
  store.create('pods', aConfigMap('a', { metadata: { labels: { app: 'shop', tier: 'web' } } }));
  store.create('pods', aConfigMap('b', { metadata: { labels: { app: 'shop' } } }));
  const names = (labelSelector: string) =>
    store.list('pods', { labelSelector }).map(({ metadata }) => metadata?.name);

  expect(names('app=shop')).toEqual(['a', 'b']);
  expect(names('app=shop,tier')).toEqual(['a']);
  expect(names('!tier')).toEqual(['b']);
  expect(names('tier in (web, api)')).toEqual(['a']);
  expect(names('tier notin (web)')).toEqual(['b']);
  expect(names('tier!=web')).toEqual(['b']);
});
