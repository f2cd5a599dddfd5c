import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { KubernetesObject } from '#core/kubernetes/object.ts';
import { crashing, type EngineApp, EngineBed, serving } from './engine-bed.ts';

let bed: EngineBed;

beforeAll(async () => {
  bed = await EngineBed.start();
});

afterAll(() => bed.close());

/** A Deployment and its Service under the app's labels, made by hand before there was a release. */
const makeByHand = async (app: EngineApp): Promise<void> => {
  const { namespace } = app;
  const labels = { ...app.labels, service: 'web', type: 'service' };
  const hand = { fieldManager: 'kubectl-create' };
  const container = {
    name: 'old',
    image: bed.bed.image,
    command: ['sh', '-c', 'sleep 3600 & wait'],
  };
  const pod = { terminationGracePeriodSeconds: 1, containers: [container] };
  const metadata = { name: 'web', namespace, labels: { ...labels, team: 'blue' } };
  await app.cluster.create(
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, labels: app.labels } },
    hand
  );
  await app.cluster.create(
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { ...metadata, annotations: { note: 'by hand' } },
      spec: {
        replicas: 1,
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: pod },
      },
    },
    hand
  );
  const ports = [{ name: 'old', port: 80, targetPort: 8080 }];
  const spec = { selector: labels, ports };
  await app.cluster.create({ apiVersion: 'v1', kind: 'Service', metadata, spec }, hand);
};

/** All but what controllers write and what counts changes. */
const asItIs = ({ metadata, ...object }: KubernetesObject): unknown => {
  const { resourceVersion: _, generation: __, managedFields = [], annotations, ...meta } = metadata;
  const { 'deployment.kubernetes.io/revision': ___, ...notes } = annotations ?? {};
  const owners = managedFields
    .filter((it) => !it.subresource)
    .map(({ time: ____, fieldsV1, ...it }) => ({ ...it, fields: JSON.stringify(fieldsV1) }));
  const byHand = owners.filter((it) => it.manager === 'kubectl-create');
  return { ...meta, notes, byHand, names: owners.map((it) => it.manager), spec: object['spec'] };
};

const all = async (app: EngineApp): Promise<unknown> => [
  asItIs(await app.live('Namespace', app.namespace)),
  asItIs(await app.live('Deployment', 'web')),
  asItIs(await app.live('Service', 'web')),
];

test('what was there before a first release is put back as it was when that fails', async () => {
  const app = bed.app();
  await makeByHand(app);
  const before = await all(app);

  const { end, promotion } = await app.promote(
    { scripts: { web: crashing, api: serving } },
    { given: { forceConflicts: true } }
  );

  expect({ end, reason: promotion.reason }).toEqual({ end: 'Reverted', reason: 'CrashLoop' });
  expect(await all(app)).toEqual(before);
  expect(await app.names()).toEqual(['Service/web', 'Deployment/web']);
});

test('without leave to take fields over, it is not touched at all', async () => {
  const app = bed.app();
  await makeByHand(app);
  const before = await all(app);

  const { end, promotion } = await app.promote({ scripts: { web: serving } });

  expect(end).toBe('Refused');
  expect(promotion.cause).toMatch(/(Deployment|Service)\/web: kubectl-create has changed \.spec/);
  expect(await all(app)).toEqual(before);
});

test('the namespace of a first release that failed stays: it is the app’s, and may hold more', async () => {
  const app = bed.app();

  const { end } = await app.promote({ scripts: { web: crashing } });

  expect(end).toBe('Reverted');
  expect(await app.names()).toEqual([]);
  expect((await app.live('Namespace', app.namespace)).metadata.labels).toMatchObject(app.labels);
  await app.promoted({ scripts: { web: serving } });
});
