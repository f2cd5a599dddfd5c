import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { SupersededError } from '#core/errors.ts';
import { hasStatus } from '#core/kubernetes/cluster-error.ts';
import type { KubernetesObject } from '#core/kubernetes/object.ts';
import { PromotionSession } from '#core/promotions/engine/session.ts';
import { writeObject } from '#core/promotions/engine/write-object.ts';
import { promotionTasks } from '#core/promotions/tasks/tasks.ts';
import { replacing } from '../../unit/core/promotions/replacing.ts';
import { type EngineApp, EngineBed, serving } from './engine-bed.ts';

let bed: EngineBed;

beforeAll(async () => {
  bed = await EngineBed.start();
});

afterAll(() => bed.close());

/** An execution that lost the app and does not know: its record says that it still holds it. */
const overtaken = async (app: EngineApp) => {
  await app.promoted({ scripts: { web: serving } });
  const promotion = await app.begin({ scripts: { web: `${serving} #2` } });
  const run = { v: 1, app: app.name, promotion: promotion.id, attempt: 1 } as const;
  // No lease is waited out: what is proven here needs no clock.
  const deps = { ...app.deps, sleep: async () => undefined };
  const { fence } = await promotionTasks.Prepare(deps, run);
  const live = await app.live('Deployment', 'web');
  const service = await app.live('Service', 'web');
  await app.promotions.countAttempt({ app: app.name, id: promotion.id, attempt: 2 });
  expect((await app.run(promotion, { attempt: 2, deps })).end).toBe('Promoted');
  const records = replacing(app.deps.records, { renew: async () => ({ cancel: undefined }) });
  const old = await PromotionSession.resume({ ...deps, records }, { ...run, fence });
  return { live, service, old, honest: await PromotionSession.resume(deps, { ...run, fence }) };
};

const words = ({ apiVersion, kind, metadata, ...rest }: KubernetesObject): KubernetesObject => {
  const { name, namespace, uid, resourceVersion, labels } = metadata;
  const { status: _, ...body } = rest as { readonly status?: unknown };
  return { apiVersion, kind, metadata: { name, namespace, uid, resourceVersion, labels }, ...body };
};

/** The Service as a writer that thinks it is missing would make it. */
const anew = (service: KubernetesObject): KubernetesObject => {
  const { apiVersion, kind, metadata, spec } = service;
  const { name, namespace, labels } = metadata;
  const { ports, selector } = spec as { readonly ports: unknown; readonly selector: unknown };
  return { apiVersion, kind, metadata: { name, namespace, labels }, spec: { ports, selector } };
};

const status = async (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'done',
    (error: unknown) => (hasStatus(error, 409) ? 409 : error)
  );

const force = { fieldManager: 'rackless', force: true } as const;

test('a writer that has lost the app gets 409 on apply, on patch and on its own POST', async () => {
  const app = bed.app();
  const { live, service, honest } = await overtaken(app);
  const { resourceVersion } = live.metadata;
  const after = await app.live('Deployment', 'web');

  expect(await status(app.cluster.apply(words(live), force))).toBe(409);
  const patch = { metadata: { resourceVersion, labels: { late: 'yes' } } };
  expect(await status(app.cluster.patch(live, patch, force))).toBe(409);
  expect(await status(app.cluster.create(anew(service), force))).toBe(409);
  const object = honest.plan.rendered.objects.find((it) => it.kind === 'Deployment');
  await expect(
    writeObject(honest, { object: object ?? live, live, release: '', force: true })
  ).rejects.toThrow(SupersededError);

  expect((await app.live('Deployment', 'web')).metadata.generation).toBe(after.metadata.generation);
  expect((await app.live('Deployment', 'web')).metadata.labels).toEqual(after.metadata.labels);
});

test('it can not delete what has been made anew', async () => {
  const app = bed.app();
  const { service } = await overtaken(app);
  await app.cluster.remove(service);
  await app.cluster.create(anew(service), force);

  expect(await status(app.cluster.remove(service))).toBe(409);

  expect(await app.live('Service', 'web')).toBeDefined();
});

test('it brings nothing back that has been pruned', async () => {
  const app = bed.app();
  await app.promoted({ scripts: { web: serving, api: serving } });
  const api = await app.live('Deployment', 'api');
  await app.promoted({ scripts: { web: serving } });
  expect(await app.names()).not.toContain('Deployment/api');

  expect(await status(app.cluster.apply(words(api), force))).toBe(409);

  expect(await app.names()).not.toContain('Deployment/api');
});

test('stamping and applying by one execution is no conflict with itself', async () => {
  const app = bed.app();
  await app.promoted({ scripts: { web: serving } });
  const promotion = await app.begin({ scripts: { web: `${serving} #2` } });
  const deps = { ...app.deps, sleep: async () => undefined };
  // A second execution stamps its fence on every object before it applies.
  await app.promotions.countAttempt({ app: app.name, id: promotion.id, attempt: 2 });

  expect((await app.run(promotion, { attempt: 2, deps })).end).toBe('Promoted');
  expect((await app.live('Deployment', 'web')).metadata.labels?.['rackless.dev/fence']).toBe('2');
  await app.promoted({ scripts: { web: `${serving} #3` } });
});
