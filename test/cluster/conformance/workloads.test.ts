import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { AppsV1Api } from '@kubernetes/client-node';
import { at, type ConformanceBed, eventually, startConformanceBed } from './conformance-bed.ts';
import { aDeployment, aJob } from './objects.ts';
import type { Document } from './raw-client.ts';

const limit = 120_000;
let bed: ConformanceBed;
let namespace: string;
let core: string;
let apps: string;
let jobs: string;

beforeAll(async () => {
  bed = await startConformanceBed();
  namespace = await bed.namespace();
  core = `/api/v1/namespaces/${namespace}`;
  apps = `/apis/apps/v1/namespaces/${namespace}`;
  jobs = `/apis/batch/v1/namespaces/${namespace}/jobs`;
}, limit);

afterAll(() => bed.close(), limit);

const get = async (path: string): Promise<Document> => (await bed.api.call('GET', path)).body;

const itemsOf = async (path: string): Promise<Document[]> =>
  ((await get(path))['items'] ?? []) as Document[];

const conditionOf = (object: Document, type: string): Document | undefined =>
  (at(object, 'status', 'conditions') as Document[] | undefined)?.find(
    (each) => each['type'] === type
  );

const isComplete = (deployment: Document): boolean =>
  at(deployment, 'status', 'observedGeneration') === at(deployment, 'metadata', 'generation') &&
  at(deployment, 'status', 'updatedReplicas') === at(deployment, 'spec', 'replicas') &&
  at(deployment, 'status', 'availableReplicas') === at(deployment, 'spec', 'replicas') &&
  at(deployment, 'status', 'replicas') === at(deployment, 'spec', 'replicas');

const rolledOut = (name: string): Promise<Document> =>
  eventually(() => get(`${apps}/deployments/${name}`), isComplete);

const apply = (name: string, fields: Partial<Parameters<typeof aDeployment>[1]>) =>
  bed.api.apply(`${apps}/deployments/${name}`, aDeployment(name, { image: bed.image, ...fields }), {
    manager: 'main',
    force: true,
  });

test(
  'a Deployment rolls out, rolls over and says so',
  async () => {
    await apply('web', { replicas: 2 });
    const first = await rolledOut('web');
    await apply('web', { replicas: 2, env: [{ name: 'A', value: '2' }] });
    const second = await rolledOut('web');
    const sets = await itemsOf(`${apps}/replicasets?labelSelector=app%3Dweb`);

    expect(conditionOf(first, 'Available')).toMatchObject({
      status: 'True',
      reason: 'MinimumReplicasAvailable',
    });
    expect(conditionOf(second, 'Progressing')).toMatchObject({
      status: 'True',
      reason: 'NewReplicaSetAvailable',
    });
    expect(at(second, 'metadata', 'annotations', 'deployment.kubernetes.io/revision')).toBe('2');
    expect(sets).toHaveLength(2);
    for (const set of sets) {
      const hash = at(set, 'metadata', 'labels', 'pod-template-hash');
      expect(at(set, 'metadata', 'name')).toBe(`web-${hash}`);
    }
  },
  limit
);

test(
  'a template that comes back uses its old ReplicaSet again',
  async () => {
    await apply('back', { replicas: 1 });
    await rolledOut('back');
    await apply('back', { replicas: 1, env: [{ name: 'A', value: '2' }] });
    await rolledOut('back');

    await apply('back', { replicas: 1 });
    const third = await rolledOut('back');
    const sets = await itemsOf(`${apps}/replicasets?labelSelector=app%3Dback`);

    expect(sets).toHaveLength(2);
    expect(at(third, 'metadata', 'annotations', 'deployment.kubernetes.io/revision')).toBe('3');
  },
  limit
);

test(
  'scaling and creating pods leaves events with the known texts',
  async () => {
    await apply('told', { replicas: 1 });
    await rolledOut('told');

    const messages = await eventually(
      async () => (await itemsOf(`${core}/events`)).map(({ message }) => String(message)),
      (texts) => texts.some((text) => text.startsWith('Created pod: told-'))
    );

    expect(
      messages.some((text) => /^Scaled up replica set told-\S+ (from 0 )?to 1$/.test(text))
    ).toBe(true);
    expect(
      messages.some((text) => text.startsWith(`Successfully assigned ${namespace}/told-`))
    ).toBe(true);
  },
  limit
);

test(
  'a failing rollout passes its progress deadline and keeps the old pods',
  async () => {
    await apply('stuck', { replicas: 1 });
    await rolledOut('stuck');
    const broken = aDeployment('stuck', {
      image: bed.image,
      replicas: 1,
      readiness: { exec: { command: ['false'] }, periodSeconds: 1 },
    });
    await bed.api.apply(
      `${apps}/deployments/stuck`,
      { ...broken, spec: { ...broken.spec, progressDeadlineSeconds: 3 } },
      { manager: 'main', force: true }
    );

    const deployment = await eventually(
      () => get(`${apps}/deployments/stuck`),
      (object) => conditionOf(object, 'Progressing')?.['reason'] === 'ProgressDeadlineExceeded'
    );

    expect(conditionOf(deployment, 'Progressing')?.['status']).toBe('False');
    expect(at(deployment, 'status', 'availableReplicas')).toBe(1);
  },
  limit
);

test(
  'a pod that fits no node stays pending and says why',
  async () => {
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'nowhere' },
      spec: {
        nodeSelector: { 'rackless.dev/nowhere': 'true' },
        containers: [{ name: 'main', image: bed.image }],
      },
    };
    await bed.api.call('POST', `${core}/pods`, { body: pod });

    const pending = await eventually(
      () => get(`${core}/pods/nowhere`),
      (object) => conditionOf(object, 'PodScheduled') !== undefined
    );

    expect(at(pending, 'status', 'phase')).toBe('Pending');
    expect(conditionOf(pending, 'PodScheduled')).toMatchObject({
      status: 'False',
      reason: 'Unschedulable',
    });
  },
  limit
);

test(
  'a Deployment that is deleted takes its pods along',
  async () => {
    await apply('doomed', { replicas: 1 });
    await rolledOut('doomed');

    await bed.api.call('DELETE', `${apps}/deployments/doomed`);
    const pods = await eventually(
      () => itemsOf(`${core}/pods?labelSelector=app%3Ddoomed`),
      (items) => items.length === 0
    );

    expect(pods).toEqual([]);
    expect(await itemsOf(`${apps}/replicasets?labelSelector=app%3Ddoomed`)).toEqual([]);
  },
  limit
);

test('a selector can not be changed, and must match the template', async () => {
  await apply('fixed', { replicas: 0 });
  const other = { spec: { selector: { matchLabels: { app: 'other' } } } };
  const changed = await bed.api.mergePatch(`${apps}/deployments/fixed`, other);
  const wrong = aDeployment('wrong', { image: bed.image });
  const mismatch = await bed.api.call('POST', `${apps}/deployments`, {
    body: { ...wrong, spec: { ...wrong.spec, selector: { matchLabels: { app: 'x' } } } },
  });

  expect(changed.code).toBe(422);
  expect(mismatch.code).toBe(422);
});

test(
  'a Job completes, and its log can be read',
  async () => {
    await bed.api.call('POST', jobs, {
      body: aJob('good', { image: bed.image, script: 'echo done' }),
    });

    const job = await eventually(
      () => get(`${jobs}/good`),
      (object) => conditionOf(object, 'Complete')?.['status'] === 'True'
    );
    const [pod] = await itemsOf(`${core}/pods?labelSelector=batch.kubernetes.io%2Fjob-name%3Dgood`);
    const log = await bed.api.call('GET', `${core}/pods/${at(pod, 'metadata', 'name')}/log`);

    expect(at(job, 'status', 'succeeded')).toBe(1);
    expect(log.text).toBe('done\n');
  },
  limit
);

test(
  'a Job fails when its pods have failed too often',
  async () => {
    await bed.api.call('POST', jobs, { body: aJob('bad', { image: bed.image, script: 'exit 3' }) });

    const job = await eventually(
      () => get(`${jobs}/bad`),
      (object) => conditionOf(object, 'Failed')?.['status'] === 'True'
    );

    expect(conditionOf(job, 'Failed')?.['reason']).toBe('BackoffLimitExceeded');
    expect(at(job, 'status', 'failed')).toBe(1);
  },
  limit
);

test(
  'the typed client scales a Deployment',
  async () => {
    await apply('sized', { replicas: 1 });
    await rolledOut('sized');
    const client = bed.config.makeApiClient(AppsV1Api);
    const scale = await client.readNamespacedDeploymentScale({ name: 'sized', namespace });

    await client.replaceNamespacedDeploymentScale({
      name: 'sized',
      namespace,
      body: { ...scale, spec: { replicas: 2 } },
    });
    const deployment = await rolledOut('sized');

    expect(at(deployment, 'status', 'availableReplicas')).toBe(2);
  },
  limit
);
