import { expect, test } from '@jest/globals';
import type { KubernetesObject } from '#core/kubernetes/object.ts';
import { adoptFields } from '#core/promotions/engine/adopt-fields.ts';
import { InMemoryCluster } from '#test/fakes/in-memory-cluster.ts';
import { aDeployment } from '../../cluster-bed.ts';

const created = async () => {
  const cluster = new InMemoryCluster();
  await cluster.put({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'atom-shop' } });
  const object = await cluster.create(aDeployment('web'), { fieldManager: 'rackless' });
  return { cluster, object };
};

const adopt = (cluster: InMemoryCluster, object: KubernetesObject) =>
  cluster.patch(
    object,
    {
      metadata: {
        resourceVersion: object.metadata.resourceVersion,
        managedFields: adoptFields(object.metadata.managedFields),
      },
    },
    { fieldManager: 'rackless' }
  );

const owners = ({ metadata }: KubernetesObject) =>
  (metadata.managedFields ?? []).map((it) => `${it.manager} ${it.operation}`);

test('what was created belongs to the applying manager, replicas to their own', async () => {
  const { cluster, object } = await created();

  const adopted = await adopt(cluster, object);

  expect(owners(adopted).toSorted((a, b) => (a < b ? -1 : 1))).toEqual([
    'rackless Apply',
    'rackless-scale Apply',
  ]);
  const scale = adopted.metadata.managedFields?.find((it) => it.manager === 'rackless-scale');
  expect(scale?.fieldsV1).toEqual({ 'f:spec': { 'f:replicas': {} } });
});

test('after that an apply without replicas keeps them, and drops what it leaves out', async () => {
  const { cluster, object } = await created();
  const { uid, resourceVersion } = (await adopt(cluster, object)).metadata;
  const { apiVersion, kind, metadata, spec } = aDeployment('web');
  const { replicas: _, ...rest } = spec as { replicas: number };
  const { labels: __, ...meta } = metadata;

  const applied = await cluster.apply(
    { apiVersion, kind, metadata: { ...meta, uid, resourceVersion }, spec: rest },
    { fieldManager: 'rackless' }
  );

  expect(applied['spec']).toMatchObject({ replicas: 2 });
  expect(applied.metadata.labels).toBeUndefined();
});

test('a scale that came first keeps its owner', async () => {
  const { cluster, object } = await created();
  const { name, namespace, uid, resourceVersion } = object.metadata;
  const scaled = await cluster.apply(
    {
      apiVersion: object.apiVersion,
      kind: object.kind,
      metadata: { name, namespace, uid, resourceVersion },
      spec: { replicas: 5 },
    },
    { fieldManager: 'rackless-scale', force: true }
  );

  const adopted = await adopt(cluster, scaled);

  expect(adopted['spec']).toMatchObject({ replicas: 5 });
  expect(owners(adopted).filter((it) => it.startsWith('rackless-scale'))).toHaveLength(1);
});

test('there is nothing to adopt twice', async () => {
  const { cluster, object } = await created();
  const adopted = await adopt(cluster, object);

  expect(adoptFields(adopted.metadata.managedFields)).toBeUndefined();
  expect(adoptFields(undefined)).toBeUndefined();
});
