import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { ClusterError } from '#core/kubernetes/cluster-error.ts';
import type { KubernetesObject } from '#core/kubernetes/object.ts';
import { manifestOf, PromotionBed } from './promotion-bed.ts';

let bed: PromotionBed;

const ourNamespace: KubernetesObject = {
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name: 'atom-shop', labels: { system: 'rackless', rack: 'atom', app: 'shop' } },
};

beforeEach(() => {
  bed = new PromotionBed();
});

afterEach(() => bed.close());

test('a healthy first release is Promoted', async () => {
  const { end, id, release } = await bed.promote({ images: { web: 'good', api: 'good' } });

  expect(end).toBe('Promoted');
  expect(bed.promotion(id)).toMatchObject({ status: 'Promoted', reason: '', cause: '' });
  expect(bed.records.of('shop').app).toMatchObject({ active: release });
  expect(Object.keys(await bed.objects())).toEqual([
    expect.stringMatching(/^Secret\/env-api-/),
    expect.stringMatching(/^Secret\/env-web-/),
    'Service/api',
    'Service/web',
    'Deployment/api',
    'Deployment/web',
  ]);
});

test('a second release that crashes is RolledBack to the very objects of the first', async () => {
  await bed.promote({ images: { web: 'good' }, env: 'A=1' });
  const before = await bed.objects();

  const { end, id } = await bed.promote({ images: { web: 'crash', extra: 'good' }, env: 'A=2' });

  expect(end).toBe('RolledBack');
  expect(await bed.objects()).toEqual(before);
  expect(bed.promotion(id)).toMatchObject({
    status: 'RolledBack',
    reason: 'CrashLoop',
    cause: expect.stringContaining('service web: process web-'),
  });
});

test('a first release that fails is Reverted', async () => {
  const { end, id } = await bed.promote({ images: { web: 'missing' } });

  expect(end).toBe('Reverted');
  expect(await bed.objects()).toEqual({});
  expect(bed.promotion(id)).toMatchObject({ reason: 'ImageNotFound' });
});

test('a release that cannot become objects is Refused and nothing is written', async () => {
  const manifest = manifestOf(['web'], 'environment:', '  - NEEDED');

  const { end, id } = await bed.promote({ images: { web: 'good' }, manifest });

  expect(end).toBe('Refused');
  expect(bed.promotion(id).cause).toContain('NEEDED');
  expect(bed.cluster.calls).toEqual([]);
});

test('a slow release passes, and so does one that went down once', async () => {
  await bed.promote({ images: { web: 'good' } });

  const { end } = await bed.promote({ images: { web: 'slow', api: 'once-down' } });

  expect(end).toBe('Promoted');
});

test('a release whose processes never get ready is RolledBack after its time', async () => {
  await bed.promote({ images: { web: 'good' } });
  const began = Date.now();

  const { end, id } = await bed.promote({ images: { web: 'never' } });

  expect(end).toBe('RolledBack');
  expect(bed.promotion(id).reason).toBe('NeverReady');
  expect(Date.now() - began).toBeLessThan(70_000);
});

test('an unchanged service keeps its processes, a changed one gets new ones', async () => {
  const podsOf = async (service: string) =>
    (await bed.cluster.list('Pod', 'atom-shop', `service=${service}`)).items.map(
      (it) => it.metadata.uid
    );
  await bed.promote({ images: { web: 'good-1', api: 'good-1' } });
  const [web, api] = [await podsOf('web'), await podsOf('api')];

  await bed.promote({ images: { web: 'good-2', api: 'good-1' } });

  expect(await podsOf('api')).toEqual(api);
  expect(await podsOf('web')).not.toEqual(web);
});

test('the Secrets of the release before stay, those before that go', async () => {
  const secrets = async () =>
    (await bed.cluster.list('Secret', 'atom-shop')).items.map((it) => it.metadata.name);
  await bed.promote({ images: { web: 'good' }, env: 'A=1' });
  const [one = ''] = (await secrets()).filter((it) => it.startsWith('env-'));
  await bed.promote({ images: { web: 'good' }, env: 'A=2' });

  expect(await secrets()).toContain(one);
  expect((await bed.promote({ images: { web: 'good' }, env: 'A=3' })).end).toBe('Promoted');
  expect(await secrets()).not.toContain(one);
  expect(await secrets()).toHaveLength(3);
});

test('a count that the manifest changes is carried out and rolled back', async () => {
  const scaled = (count: number) => manifestOf(['web'], 'scale:', `  count: ${count}`);
  await bed.promote({ images: { web: 'good' }, manifest: scaled(1) });

  await bed.promote({ images: { web: 'good' }, manifest: scaled(3) });
  expect(await bed.replicas('web')).toBe(3);
  const { end } = await bed.promote({ images: { web: 'crash' }, manifest: scaled(2) });

  expect(end).toBe('RolledBack');
  expect(await bed.replicas('web')).toBe(3);
});

test('a raised count is Promoted only when the added processes are ready', async () => {
  const scaled = (count: number) => manifestOf(['web'], 'scale:', `  count: ${count}`);
  await bed.promote({ images: { web: 'slow' }, manifest: scaled(1) });
  const began = Date.now();

  expect((await bed.promote({ images: { web: 'slow' }, manifest: scaled(2) })).end).toBe(
    'Promoted'
  );
  expect(Date.now() - began).toBeGreaterThan(30_000);
});

test('a scale during the rollout stays, also when it is rolled back', async () => {
  await bed.promote({ images: { web: 'good' } });
  const promotion = await bed.begin(await bed.release({ images: { web: 'never' } }));
  const running = bed.execute(promotion);
  await bed.pass(3_000);
  const live = await bed.live('Deployment', 'web');
  await bed.cluster.patch(live, { spec: { replicas: 2 } }, { fieldManager: 'rackless-scale' });

  expect((await running).end).toBe('RolledBack');
  expect(await bed.replicas('web')).toBe(2);
});

test('a foreign object of the same name refuses the release and stays as it is', async () => {
  await bed.cluster.put(ourNamespace);
  const foreign = await bed.cluster.put({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web', namespace: 'atom-shop', labels: { app: 'another' } },
    spec: { ports: [{ port: 80 }] },
  });

  const { end, id } = await bed.promote({ images: { web: 'good' } });

  expect(end).toBe('Refused');
  expect(bed.promotion(id).cause).toMatch(/exists/);
  expect(await bed.live('Service', 'web')).toEqual(foreign);
});

test('a foreign object that comes during the promotion stays when it is Reverted', async () => {
  const promotion = await bed.begin(await bed.release({ images: { web: 'good' } }));
  const { end } = await bed.execute(promotion, {
    visit: async (state) => {
      if (state !== 'Apply') return;
      await bed.cluster.put(ourNamespace);
      await bed.cluster.put({
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'web', namespace: 'atom-shop' },
        spec: { ports: [{ port: 80 }] },
      });
    },
  });

  expect(end).toBe('Reverted');
  expect(Object.keys(await bed.objects())).toEqual(['Service/web']);
  expect(bed.promotion(promotion.id).reason).toBe('Conflict');
});

test('a quota that refuses the writes leads back', async () => {
  await bed.promote({ images: { web: 'good' } });
  const before = await bed.objects();
  const promotion = await bed.begin(await bed.release({ images: { web: 'good-2' }, env: 'A=2' }));
  const { end } = await bed.execute(promotion, {
    visit: (state) => {
      if (state !== 'Apply') return;
      bed.cluster.refuseNext(
        (call) => call.startsWith('POST') && call.endsWith('/secrets'),
        new ClusterError(403, { reason: 'Forbidden', message: 'exceeded quota: secrets' })
      );
    },
  });

  expect(end).toBe('RolledBack');
  expect(await bed.objects()).toEqual(before);
  expect(bed.promotion(promotion.id)).toMatchObject({
    reason: 'ClusterForbidden',
    cause: 'exceeded quota: secrets',
  });
});

test('a rollback that the cluster refuses ends Degraded with the reason', async () => {
  await bed.promote({ images: { web: 'good' } });
  const promotion = await bed.begin(await bed.release({ images: { web: 'crash' } }));
  const { end } = await bed.execute(promotion, {
    visit: (state) => {
      if (state !== 'Rollback') return;
      bed.cluster.refuseNext(
        (call) => call.startsWith('PATCH') && call.endsWith('/deployments/web'),
        new ClusterError(422, { reason: 'Invalid', message: 'spec.selector: field is immutable' })
      );
    },
  });

  expect(end).toBe('Degraded');
  expect(bed.promotion(promotion.id)).toMatchObject({
    reason: 'CrashLoop',
    cause: expect.stringContaining('field is immutable'),
  });
  expect(bed.records.of('shop').app?.degraded).toBe(true);
});

test('a rollback to processes that are sick by now ends Degraded', async () => {
  await bed.promote({ images: { web: 'good' } });
  const promotion = await bed.begin(await bed.release({ images: { web: 'crash' } }));
  const { end } = await bed.execute(promotion, {
    visit: async (state) => {
      if (state !== 'Rollback') return;
      for (const pod of (await bed.cluster.list('Pod', 'atom-shop')).items) {
        await bed.cluster.setStatus(pod, { conditions: [{ type: 'Ready', status: 'False' }] });
      }
    },
  });

  expect(end).toBe('Degraded');
  expect(bed.promotion(promotion.id).cause).toContain('the rollback still waits for service web: ');
});

test('a policy that has become stricter does not bar the way back', async () => {
  await bed.deps.apps.change('shop', { policy: 'privileged' });
  await bed.promote({ images: { web: 'good' }, manifest: manifestOf(['web'], 'privileged: true') });
  const before = await bed.objects();
  await bed.deps.apps.change('shop', { policy: 'restricted' });

  const { end } = await bed.promote({ images: { web: 'crash' } });

  expect(end).toBe('RolledBack');
  expect(await bed.objects()).toEqual(before);
});

test('a Deployment whose status changes all the time can be taken over', async () => {
  await bed.promote({ images: { web: 'good' } });
  const scaled = manifestOf(['web'], 'scale:', '  count: 2');
  const promotion = await bed.begin(
    await bed.release({ images: { web: 'good' }, manifest: scaled })
  );
  await bed.promotions.countAttempt({ app: 'shop', id: promotion.id, attempt: 2 });
  const deps = {
    ...bed.deps,
    cluster: new Proxy(bed.cluster, {
      get: (target, name) => {
        const method = Reflect.get(target, name);
        if (name !== 'apply' && name !== 'patch') {
          return typeof method === 'function' ? method.bind(target) : method;
        }
        // Right before each write the controller is faster, every other time.
        return async (object: KubernetesObject, ...rest: unknown[]) => {
          if (object.kind === 'Deployment') writes += 1;
          if (writes % 2 === 1) {
            const { metadata } = await bed.live('Deployment', 'web');
            await bed.cluster.setStatus({ kind: 'Deployment', metadata }, { note: writes });
          }
          return method.call(target, object, ...rest);
        };
      },
    }),
  };
  let writes = 0;

  expect((await bed.execute(promotion, { attempt: 2, deps })).end).toBe('Promoted');
  expect(await bed.replicas('web')).toBe(2);
});
