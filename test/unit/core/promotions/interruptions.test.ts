import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { SupersededError } from '#core/errors.ts';
import { ClusterError, ClusterUnreachableError } from '#core/kubernetes/cluster-error.ts';
import type { KubernetesObject } from '#core/kubernetes/object.ts';
import { LiveView } from '#core/promotions/engine/live-view.ts';
import { PromotionSession } from '#core/promotions/engine/session.ts';
import { writeObject } from '#core/promotions/engine/write-object.ts';
import { promotionTasks } from '#core/promotions/tasks/tasks.ts';
import { killable } from './killable.ts';
import { PromotionBed } from './promotion-bed.ts';
import { replacing } from './replacing.ts';

let bed: PromotionBed;

beforeEach(() => {
  bed = new PromotionBed();
});

afterEach(() => bed.close());

const unauthorized = () =>
  new ClusterError(401, { reason: 'Unauthorized', message: 'token has expired' });

/** A promotion of a second release, ready to run. */
const second = async (image = 'good-2') => {
  await bed.promote({ images: { web: 'good-1' }, env: 'A=1' });
  return bed.begin(await bed.release({ images: { web: image }, env: 'A=2' }));
};

test.each([
  ['Prepare', 'Refused'],
  ['Preflight', 'Refused'],
  ['Apply', 'RolledBack'],
  ['Watch', 'RolledBack'],
  ['Activate', 'RolledBack'],
])('a cancel before %s ends in %s', async (at, outcome) => {
  const promotion = await second();
  const before = await bed.objects();

  const { end } = await bed.execute(promotion, {
    visit: (state) => (state === at ? bed.cancel() : undefined),
  });

  expect(end).toBe(outcome);
  expect(bed.promotion(promotion.id)).toMatchObject({ status: outcome, reason: 'Cancelled' });
  expect(await bed.objects()).toEqual(before);
});

test('after Activate there is nothing to cancel', async () => {
  const promotion = await second();
  const cancels: Promise<unknown>[] = [];

  const { end } = await bed.execute(promotion, {
    visit: (state) => {
      if (state === 'Prune')
        cancels.push(expect(bed.cancel()).rejects.toThrow('is active already'));
    },
  });
  await Promise.all(cancels);

  expect(cancels).toHaveLength(1);
  expect(end).toBe('Promoted');
});

test('a cancel during the rollback changes nothing', async () => {
  const promotion = await second('crash');

  const { end } = await bed.execute(promotion, {
    visit: (state) => (state === 'Rollback' ? bed.cancel() : undefined),
  });

  expect(end).toBe('RolledBack');
  expect(bed.promotion(promotion.id).reason).toBe('CrashLoop');
});

test.each([
  ['Prepare', 'Refused'],
  ['Preflight', 'Refused'],
  ['Apply', 'Degraded'],
  ['Watch', 'Degraded'],
  ['Rollback', 'Degraded'],
  ['WatchRollback', 'Degraded'],
])('abandoned in %s while the cluster is away, the app is free: %s', async (at, outcome) => {
  const promotion = await second('crash');

  const { end, path } = await bed.execute(promotion, {
    visit: async (state) => {
      if (state === at) bed.cluster.unreachable = true;
      if (state === 'WaitForCluster') await bed.cancel('abandon');
    },
  });

  expect(end).toBe(outcome);
  expect(path).toContain('WaitForCluster');
  expect(bed.records.of('shop').app?.promotion).toBeUndefined();
});

const callText = (name: string, args: readonly unknown[]): string => {
  const [first, namespace, object] = args as [string | KubernetesObject, unknown, unknown];
  if (typeof first === 'string') return `${name} ${first} ${namespace} ${object}`;
  return `${name} ${first.kind} ${first.metadata?.name} ${JSON.stringify(args[1])}`;
};

test('an outage at any call changes nothing but time', async () => {
  const promotion = await second();
  const outages = new Set<string>();
  const deps = {
    ...bed.deps,
    cluster: new Proxy(bed.cluster, {
      get: (target, name) => {
        const method = Reflect.get(target, name);
        return async (...args: unknown[]) => {
          const call = callText(String(name), args);
          const isNew = !outages.has(call);
          outages.add(call);
          if (isNew) throw new ClusterUnreachableError('no answer');
          return method.apply(target, args);
        };
      },
    }),
  };

  const { end } = await bed.execute(promotion, { deps });

  expect(end).toBe('Promoted');
  expect(outages.size).toBeGreaterThan(15);
  bed.story(promotion.id);
});

test('a long outage is waiting, said once, and ends by itself', async () => {
  const promotion = await second();
  const waits: number[] = [];

  const { end } = await bed.execute(promotion, {
    visit: (state) => {
      if (state === 'Watch') bed.cluster.unreachable = waits.length < 4;
      if (state !== 'WaitForCluster') return;
      waits.push(Date.now());
      expect(bed.promotion(promotion.id)).toMatchObject({
        status: 'waiting',
        waiting: 'does not answer: waiting for it',
      });
    },
  });

  expect(end).toBe('Promoted');
  const gaps = waits.slice(1).map((it, index) => it - (waits[index] ?? 0));
  expect(gaps.every((it, index) => it > (gaps[index - 1] ?? 0))).toBe(true);
  const lines = bed.story(promotion.id).filter((it) => it.startsWith('system/rackless/cluster'));
  expect(lines).toEqual([
    'system/rackless/cluster does not answer: waiting for it',
    'system/rackless/cluster answers again',
  ]);
});

test('credentials that are refused in Watch are waited for, and the story says why', async () => {
  const promotion = await second();
  let isRefused = true;
  const deps = {
    ...bed.deps,
    cluster: new Proxy(bed.cluster, {
      get: (target, name) => {
        const method = Reflect.get(target, name);
        return async (...args: unknown[]) => {
          if (isRefused && args[0] === 'Pod') throw unauthorized();
          return method.apply(target, args);
        };
      },
    }),
  };

  const { end } = await bed.execute(promotion, {
    deps,
    visit: (state) => {
      if (state === 'Prepare') isRefused = false;
      if (state === 'Apply') isRefused = true;
      if (state === 'WaitForCluster') isRefused = false;
    },
  });

  expect(end).toBe('Promoted');
  expect(bed.story(promotion.id)).toContain(
    'system/rackless/cluster refuses the rack (token has expired): waiting until its credentials are mended'
  );
});

test.each(['Apply', 'Rollback', 'Prune'])('and so they are in %s', async (at) => {
  const promotion = await second(at === 'Rollback' ? 'crash' : 'good-2');
  let isDue = true;

  const { end, path } = await bed.execute(promotion, {
    visit: (state) => {
      if (state !== at || !isDue) return;
      isDue = false;
      bed.cluster.refuseNext((call) => /deployments/.test(call), unauthorized());
    },
  });

  expect(end).toBe(at === 'Rollback' ? 'RolledBack' : 'Promoted');
  expect(path.includes('WaitForCluster')).toBe(at !== 'Prune');
});

test('an object that changes while it is tried out does not refuse the release', async () => {
  const promotion = await second();
  const conflict = new ClusterError(409, { reason: 'Conflict', message: 'has been modified' });
  let isDue = true;

  const { end, path } = await bed.execute(promotion, {
    visit: (state) => {
      if (state !== 'Preflight' || !isDue) return;
      isDue = false;
      bed.cluster.refuseNext((call) => /^PATCH .*deployments/.test(call), conflict);
    },
  });

  expect(path).toContain('WaitForCluster');
  expect(end).toBe('Promoted');
});

test('a task that runs twice at once tells its story once', async () => {
  const promotion = await second();
  const run = { v: 1, app: 'shop', promotion: promotion.id, attempt: 1 } as const;
  const { fence } = await bed.advance(promotionTasks.Prepare(bed.deps, run));
  const twins = await Promise.all(
    [1, 2].map(() => PromotionSession.resume(bed.deps, { ...run, fence }))
  );
  for (const [index, twin] of twins.entries()) twin.say('status', `twin ${index}`);

  const [one, other] = await Promise.allSettled(twins.map((it) => it.save()));

  expect(one).toMatchObject({ status: 'fulfilled' });
  expect(other).toMatchObject({ status: 'rejected', reason: { name: 'OvertakenError' } });
  expect(bed.story(promotion.id).filter((it) => it.startsWith('twin'))).toEqual(['twin 0']);
});

test('a writer that has lost the app writes nothing and brings nothing back', async () => {
  await bed.promote({ images: { web: 'good-1' } });
  const promotion = await bed.begin(
    await bed.release({ images: { web: 'good-2', extra: 'good' } })
  );
  const run = { v: 1, app: 'shop', promotion: promotion.id, attempt: 1 } as const;
  const { fence } = await bed.advance(promotionTasks.Prepare(bed.deps, run));
  const old = await PromotionSession.resume(bed.deps, { ...run, fence });
  const web = await bed.live('Deployment', 'web');
  await bed.promotions.countAttempt({ app: 'shop', id: promotion.id, attempt: 2 });
  await bed.execute(promotion, { attempt: 2 });
  const after = await bed.objects();

  const late = (kind: string, live: typeof web | undefined) => {
    const object = old.plan.rendered.objects.find(
      (it) => it.kind === kind && it.metadata.name === (live ? 'web' : 'extra')
    );
    if (!object) throw new Error('no such object');
    return writeObject(old, { object, live, release: old.plan.rendered.release, force: true });
  };
  await expect(late('Deployment', web)).rejects.toThrow(SupersededError);
  await expect(late('Service', undefined)).rejects.toThrow(SupersededError);
  expect(await bed.objects()).toEqual(after);
});

test('even one that believes to hold it gets 409 from the cluster', async () => {
  const promotion = await second();
  const { apiVersion, kind, metadata, spec } = await bed.live('Deployment', 'web');
  const { managedFields: _, ...read } = metadata;
  await bed.promotions.countAttempt({ app: 'shop', id: promotion.id, attempt: 2 });
  await bed.execute(promotion, { attempt: 2 });

  const web = { apiVersion, kind, metadata: read, spec };
  const stale = bed.cluster.apply(web, { fieldManager: 'rackless', force: true });

  await expect(stale).rejects.toMatchObject({ status: 409 });
});

test('what a late writer made after the removal goes as well', async () => {
  const promotion = await bed.begin(await bed.release({ images: { web: 'crash' } }));
  let isDue = true;
  const { end, path } = await bed.execute(promotion, {
    visit: async (state) => {
      if (state !== 'WatchRollback' || !isDue) return;
      isDue = false;
      await bed.cluster.put({
        apiVersion: 'v1',
        kind: 'Service',
        metadata: {
          name: 'web',
          namespace: 'atom-shop',
          labels: { system: 'rackless', rack: 'atom', app: 'shop' },
          annotations: { 'rackless.dev/created-by': promotion.id },
        },
        spec: { ports: [{ port: 80 }] },
      });
    },
  });

  expect(end).toBe('Reverted');
  expect(path.filter((it) => it === 'Rollback')).toHaveLength(2);
  expect(await bed.objects()).toEqual({});
});

test('settling again, as after a lost answer, is no error', async () => {
  const { id } = await bed.promote({ images: { web: 'good' } });
  const run = { v: 1, app: 'shop', promotion: id, attempt: 1, fence: 1 } as const;

  expect(await promotionTasks.SettlePromoted(bed.deps, run)).toMatchObject({ next: 'Promoted' });
});

test('lines beyond one write are kept in order, and a death between loses none', async () => {
  const promotion = await second();
  const run = { v: 1, app: 'shop', promotion: promotion.id, attempt: 1 } as const;
  const { fence } = await bed.advance(promotionTasks.Prepare(bed.deps, run));
  const dying = killable(bed.deps, (call) => (call === 4 ? 'before' : undefined));
  const tell = (session: PromotionSession) => {
    for (let index = 0; index < 200; index++) {
      const source = { key: `uid/${index}`, at: '2026-01-01T00:00:00.000Z', version: `${index}` };
      session.say('kubernetes', `event ${index}`, source);
    }
    return session.goTo('Apply');
  };
  const session = await PromotionSession.resume(dying, { ...run, fence });
  await expect(tell(session)).rejects.toThrow('gone');

  await tell(await PromotionSession.resume(bed.deps, { ...run, fence }));

  const told = bed.story(promotion.id).filter((it) => it.startsWith('event '));
  expect(told).toEqual(Array.from({ length: 200 }, (_, index) => `event ${index}`));
});

test('a view starts over after a lost watch, a 410 and an error, and ends with its close', async () => {
  const ends: (() => 'closed' | 'expired')[] = [
    () => 'closed',
    () => 'expired',
    () => {
      throw new Error('socket hang up');
    },
  ];
  let open = 0;
  const cluster = replacing(bed.cluster, {
    watch: async (request: { signal: AbortSignal }) => {
      const end = ends.shift();
      if (end) return end();
      open += 1;
      return new Promise<'closed'>((resolve) => {
        request.signal.addEventListener('abort', () => {
          open -= 1;
          resolve('closed');
        });
      });
    },
    list: async () => ({ items: [], resourceVersion: '1' }),
  });
  const view = new LiveView({
    ...bed.deps,
    cluster,
    namespace: 'atom-shop',
    selector: '',
    eventsFrom: '1',
    onEvent: () => undefined,
  });

  await bed.pass(2_000);
  expect(view.isCurrent).toBe(true);
  expect(open).toBe(3);
  view.close();
  await bed.pass(2_000);
  expect(open).toBe(0);
});
