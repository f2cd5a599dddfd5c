import { expect, test } from '@jest/globals';
import { ClusterError, ClusterUnreachableError } from '#core/kubernetes/cluster-error.ts';
import type { KubernetesObject } from '#core/kubernetes/object.ts';
import { InMemoryCluster } from '#test/fakes/in-memory-cluster.ts';

const manager = { fieldManager: 'test' };

const aSecret = (metadata: object = {}): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'one', namespace: 'shop', ...metadata },
  stringData: { KEY: 'value' },
});

const clusterWithSecret = async () => {
  const cluster = new InMemoryCluster();
  const secret = await cluster.put(aSecret({ labels: { app: 'shop' } }));
  return { cluster, secret };
};

test('gives created objects a uid and a resource version and refuses a second one', async () => {
  const { cluster, secret } = await clusterWithSecret();

  expect(secret.metadata.uid).toEqual(expect.any(String));
  await expect(cluster.create(aSecret(), manager)).rejects.toMatchObject({
    status: 409,
    reason: 'AlreadyExists',
  });
});

test('refuses to create in a namespace that is not there', async () => {
  const cluster = new InMemoryCluster();

  await expect(cluster.create(aSecret(), manager)).rejects.toMatchObject({ status: 404 });
});

test('lists by label selector, with kind and version on each item', async () => {
  const { cluster } = await clusterWithSecret();

  const found = await cluster.list('Secret', 'shop', 'app=shop');
  const others = await cluster.list('Secret', 'shop', 'app=other');

  expect(found.items).toMatchObject([{ apiVersion: 'v1', kind: 'Secret' }]);
  expect(others.items).toEqual([]);
});

test('refuses an apply with an old resource version', async () => {
  const { cluster, secret } = await clusterWithSecret();
  const { uid, resourceVersion } = secret.metadata;
  await cluster.patch(secret, { metadata: { labels: { touched: 'yes' } } }, manager);

  const stale = cluster.apply(aSecret({ uid, resourceVersion }), { ...manager, force: true });

  await expect(stale).rejects.toMatchObject({ status: 409, reason: 'Conflict' });
});

test('does not bring back what was deleted when the apply names a uid', async () => {
  const { cluster, secret } = await clusterWithSecret();
  const { uid, resourceVersion } = secret.metadata;
  await cluster.remove(secret);

  const late = cluster.apply(aSecret({ uid, resourceVersion }), manager);

  await expect(late).rejects.toMatchObject({ status: 409 });
});

test('removes by uid only, and is content when there is nothing', async () => {
  const { cluster, secret } = await clusterWithSecret();
  const other = { ...secret, metadata: { ...secret.metadata, uid: 'another' } };

  await expect(cluster.remove(other)).rejects.toMatchObject({ status: 409 });
  await cluster.remove(secret);
  await cluster.remove(secret);

  expect(await cluster.get('Secret', 'shop', 'one')).toBeUndefined();
});

test('takes everything in a namespace along', async () => {
  const { cluster } = await clusterWithSecret();
  const namespace = await cluster.require({ kind: 'Namespace', metadata: { name: 'shop' } });

  await cluster.remove(namespace);

  expect(await cluster.get('Secret', 'shop', 'one')).toBeUndefined();
  expect(await cluster.get('Namespace', undefined, 'shop')).toBeUndefined();
});

test('watches from a resource version until the signal fires', async () => {
  const { cluster, secret } = await clusterWithSecret();
  const stop = new AbortController();
  const seen: string[] = [];
  const watching = cluster.watch({
    kind: 'Secret',
    namespace: 'shop',
    resourceVersion: secret.metadata.resourceVersion ?? '',
    signal: stop.signal,
    onChange: (type, { metadata }) => seen.push(`${type} ${metadata.name}`),
  });

  await cluster.put(aSecret({ name: 'two' }));
  await cluster.remove(secret);
  stop.abort();

  expect(await watching).toBe('closed');
  expect(seen).toEqual(['ADDED two', 'DELETED one']);
});

test('can be out of reach, and refuse one call', async () => {
  const { cluster, secret } = await clusterWithSecret();
  const refusal = new ClusterError(403, { reason: 'Forbidden', message: 'no' });
  cluster.refuseNext((call) => call.startsWith('DELETE'), refusal);

  await expect(cluster.remove(secret)).rejects.toBe(refusal);
  await cluster.remove(secret);
  cluster.unreachable = true;
  await expect(cluster.list('Secret', 'shop')).rejects.toThrow(ClusterUnreachableError);
});

test('gives back logs from a second on, with times', async () => {
  const { cluster } = await clusterWithSecret();
  const container = { namespace: 'shop', pod: 'web-1', container: 'shop' };
  cluster.setLog(container, [
    { at: '2026-01-01T00:00:01.5Z', text: 'one' },
    { at: '2026-01-01T00:00:02.1Z', text: 'two' },
    { at: '2026-01-01T00:00:02.9Z', text: 'three' },
  ]);

  const text = await cluster.logs({
    ...container,
    sinceTime: '2026-01-01T00:00:02.5Z',
    timestamps: true,
  });

  expect(text).toBe('2026-01-01T00:00:02.1Z two\n2026-01-01T00:00:02.9Z three\n');
});
