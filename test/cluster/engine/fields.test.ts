import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { at } from '../conformance/conformance-bed.ts';
import { crashing, type EngineApp, EngineBed, serving } from './engine-bed.ts';

let bed: EngineBed;

beforeAll(async () => {
  bed = await EngineBed.start();
});

afterAll(() => bed.close());

/** `kubectl scale`, or an autoscaler. */
const scale = (app: EngineApp, replicas: number) =>
  bed.bed.api.call('PATCH', `${app.path('deployments', 'web')}/scale?fieldManager=kubectl-scale`, {
    body: { spec: { replicas } },
    type: 'application/merge-patch+json',
  });

/** What `kubectl edit` does; the field comes back as it was before. */
const edit = async (app: EngineApp): Promise<unknown> => {
  const before = await grace(app);
  const change = { spec: { template: { spec: { terminationGracePeriodSeconds: 9 } } } };
  const path = app.path('deployments', 'web');
  expect((await bed.bed.api.mergePatch(path, change, 'kubectl-edit')).code).toBe(200);
  return before;
};

const grace = async (app: EngineApp): Promise<unknown> =>
  at(
    await app.live('Deployment', 'web'),
    ...['spec', 'template', 'spec', 'terminationGracePeriodSeconds']
  );

const owners = async (app: EngineApp) =>
  ((await app.live('Deployment', 'web')).metadata.managedFields ?? [])
    .filter((it) => it.manager?.startsWith('rackless'))
    .map((it) => `${it.manager} ${it.operation}`)
    .toSorted();

test('a POST is adopted by the next promotion, and replicas have a manager of their own', async () => {
  const app = bed.app();
  await app.promoted({ scripts: { web: serving } });
  expect(await owners(app)).toEqual(['rackless Update']);

  await app.promoted({ scripts: { web: `${serving} #2` } });
  expect(await owners(app)).toEqual(['rackless Apply', 'rackless-scale Apply']);

  await app.promoted({ scripts: { web: `${serving} #3` } });
  expect(await owners(app)).toEqual(['rackless Apply', 'rackless-scale Apply']);
});

test('a scale in between survives promotions, whatever they end in', async () => {
  const app = bed.app();
  await app.promoted({ scripts: { web: serving } });
  expect((await scale(app, 2)).code).toBe(200);

  await app.promoted({ scripts: { web: `${serving} #2` } });
  expect(at(await app.live('Deployment', 'web'), 'spec', 'replicas')).toBe(2);
  await scale(app, 1);
  expect((await app.promote({ scripts: { web: crashing } })).end).toBe('RolledBack');
  expect(at(await app.live('Deployment', 'web'), 'spec', 'replicas')).toBe(1);
});

test('what the manifest drops is gone from the object', async () => {
  const app = bed.app();
  const lines = ['labels: { tier: front }', 'annotations: { team: blue }', 'liveness: { path: / }'];
  await app.promoted({ scripts: { web: serving }, lines });
  const before = JSON.stringify((await app.live('Deployment', 'web'))['spec']);
  expect(before).toContain('livenessProbe');
  expect(before).toContain('"team":"blue"');

  await app.promoted({ scripts: { web: serving } });

  const { metadata, spec } = (await app.live('Deployment', 'web')) as never as Record<
    string,
    object
  >;
  expect(JSON.stringify(spec)).not.toMatch(/livenessProbe|blue/);
  expect(metadata).not.toHaveProperty('labels.tier');
});

test('an unchanged service is not rolled again: its generation stays', async () => {
  const app = bed.app();
  await app.promoted({ scripts: { web: serving, api: serving } });
  const before = await app.live('Deployment', 'api');

  await app.promoted({ scripts: { web: `${serving} #2`, api: serving } });
  await app.promoted({ scripts: { web: `${serving} #3`, api: serving } });

  const after = await app.live('Deployment', 'api');
  expect(after.metadata.generation).toBe(before.metadata.generation);
  expect(after.metadata.labels?.['rackless.dev/fence']).toBe('3');
});

test('a field that somebody else has changed refuses the release, naming both', async () => {
  const app = bed.app();
  await app.promoted({ scripts: { web: serving } });
  await edit(app);
  const before = await app.live('Deployment', 'web');

  const { end, promotion } = await app.promote({ scripts: { web: `${serving} #2` } });

  expect(end).toBe('Refused');
  expect(promotion).toMatchObject({
    reason: 'FieldConflict',
    cause:
      'Deployment/web: kubectl-edit has changed .spec.template.spec.terminationGracePeriodSeconds; ' +
      'promote with --force-conflicts to take it back',
  });
  const { metadata, spec } = await app.live('Deployment', 'web');
  expect({ spec, generation: metadata.generation, labels: metadata.labels }).toEqual({
    spec: before['spec'],
    generation: before.metadata.generation,
    labels: before.metadata.labels,
  });
});

test('told to force conflicts, it takes the field back', async () => {
  const app = bed.app();
  await app.promoted({ scripts: { web: serving } });
  const before = await edit(app);

  const { end } = await app.promote(
    { scripts: { web: `${serving} #2` } },
    { given: { forceConflicts: true } }
  );

  expect(end).toBe('Promoted');
  expect(await grace(app)).toBe(before);
});

test('a conflict that comes after the preflight is rolled back, and the rollback takes the field', async () => {
  const app = bed.app();
  await app.promoted({ scripts: { web: serving } });
  const before = await grace(app);

  const { end, promotion } = await app.promote(
    { scripts: { web: `${serving} #2` } },
    { visit: (state) => (state === 'Apply' ? edit(app) : undefined) }
  );

  expect(end).toBe('RolledBack');
  expect(promotion.cause).toContain('kubectl-edit has changed');
  expect(await grace(app)).toBe(before);
});

test('an environment Secret can not be changed by anybody', async () => {
  const app = bed.app();
  await app.promoted({ scripts: { web: serving }, env: 'A=1' });
  const name = (await app.names())
    .find((it) => it.startsWith('Secret/env-'))
    ?.slice('Secret/'.length);

  const answer = await bed.bed.api.mergePatch(app.path('secrets', name), { data: { A: 'Mg==' } });

  expect(answer.code).toBe(422);
  expect(answer.text).toContain('immutable');
});
