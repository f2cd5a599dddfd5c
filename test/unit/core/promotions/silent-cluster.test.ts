import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { ClusterUnreachableError } from '#core/kubernetes/cluster-error.ts';
import type { Cluster } from '#core/kubernetes/ports.ts';
import { PromotionBed } from './promotion-bed.ts';
import { replacing } from './replacing.ts';

let bed: PromotionBed;

beforeEach(() => {
  bed = new PromotionBed();
});

afterEach(() => bed.close());

/** A promotion of a second release, which is ready after half a minute. */
const slowSecond = async () => {
  await bed.promote({ images: { web: 'good-1' } });
  return bed.begin(await bed.release({ images: { web: 'slow' } }));
};

test('a server that hangs condemns nobody: time without a sign of life does not count', async () => {
  const promotion = await slowSecond();
  const hanging: (() => void)[] = [];
  let hangs = false;
  const deps = {
    ...bed.deps,
    cluster: new Proxy(bed.cluster, {
      get: (target, name) => {
        const method = Reflect.get(target, name);
        return async (...args: unknown[]) => {
          if (name === 'watch') {
            const [request] = args as Parameters<typeof target.watch>;
            const onChange: typeof request.onChange = (type, object) => {
              if (hangs) hanging.push(() => request.onChange(type, object));
              else request.onChange(type, object);
            };
            return target.watch({ ...request, onChange });
          }
          if (hangs) await new Promise<void>((resolve) => hanging.push(resolve));
          return method.apply(target, args);
        };
      },
    }),
  };
  const running = bed.execute(promotion, { deps });
  await bed.pass(3_000);
  hangs = true;
  await bed.pass(90_000);
  hangs = false;
  for (const go of hanging) go();

  expect((await running).end).toBe('Promoted');
});

test('connections that a network has forgotten are replaced, and nothing waits for them', async () => {
  const promotion = await slowSecond();
  const { cluster } = bed;
  let age = 0;
  let isWatched = false;
  /** Nothing comes back any more through what was opened before. */
  const through = <Result>(opened: number, result: Result): Result | Promise<never> =>
    opened === age ? result : new Promise<never>(() => undefined);
  const forgetful = replacing<Cluster>(cluster, {
    // The sign of life of a quiet app is on its way when it happens.
    get: async (...args) => {
      const opened = isWatched && age === 0 ? age++ : age;
      return through(opened, await cluster.get(...args));
    },
    watch: async (request) => {
      const opened = age;
      isWatched = true;
      const onChange: typeof request.onChange = (...change) => {
        if (opened === age) request.onChange(...change);
      };
      return cluster.watch({ ...request, onChange });
    },
  });

  const { end, path } = await bed.execute(promotion, { deps: { ...bed.deps, cluster: forgetful } });

  const { started, ended } = bed.promotion(promotion.id);
  expect(age).toBe(1);
  expect([end, path]).toEqual(['Promoted', expect.not.arrayContaining(['WaitForCluster'])]);
  expect(Date.parse(ended) - Date.parse(started)).toBeLessThan(40_000);
});

test('a rack that was held up itself does not take that for a silent cluster', async () => {
  const promotion = await slowSecond();
  const { cluster } = bed;
  const { records, sleep } = bed.deps;
  let renewals = 0;
  const deps = {
    ...bed.deps,
    cluster: replacing<Cluster>(cluster, {
      get: async (...args) => {
        await sleep(400);
        return cluster.get(...args);
      },
    }),
    records: replacing(records, {
      renew: async (...args) => {
        if (renewals++ === 2) await sleep(40_000);
        return records.renew(...args);
      },
    }),
  };

  const { end, path } = await bed.execute(promotion, {
    deps,
    visit: (state) => {
      if (state === 'Watch') renewals = 0;
    },
  });

  expect(renewals).toBeGreaterThan(2);
  expect([end, path]).toEqual(['Promoted', expect.not.arrayContaining(['WaitForCluster'])]);
});

test('a try that learns nothing new adds no line to the story', async () => {
  const promotion = await slowSecond();
  const { cluster } = bed;
  const reason = new ClusterUnreachableError('the cluster at https://a does not answer: no route');
  let tries = 0;
  /** Away with a word, then without one, then back. */
  const away = replacing<Cluster>(cluster, {
    list: async (...args) => {
      if (tries === 1) throw reason;
      if (tries === 2) return new Promise<never>(() => undefined);
      return cluster.list(...args);
    },
  });

  const { end, path } = await bed.execute(promotion, {
    deps: { ...bed.deps, cluster: away },
    visit: (state) => {
      if (state === 'Watch') tries++;
    },
  });

  expect(end).toBe('Promoted');
  expect(path.filter((it) => it === 'WaitForCluster')).toHaveLength(2);
  expect(bed.story(promotion.id).filter((it) => it.startsWith('system/rackless/cluster'))).toEqual([
    'system/rackless/cluster at https://a does not answer: no route: waiting for it',
    'system/rackless/cluster answers again',
  ]);
});
