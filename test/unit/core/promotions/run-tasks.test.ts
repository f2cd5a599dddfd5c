import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { EngineDependencies, TaskResult } from '#core/promotions/engine/run.ts';
import type { Promotion } from '#core/promotions/promotion.ts';
import { runTasks, type TaskName } from '#core/promotions/tasks/run-tasks.ts';
import { promotionTasks } from '#core/promotions/tasks/tasks.ts';
import { KilledError, killable } from './killable.ts';
import { PromotionBed } from './promotion-bed.ts';

let bed: PromotionBed;

beforeEach(() => {
  bed = new PromotionBed();
});

afterEach(() => bed.close());

const second = async (image: string) => {
  await bed.promote({ images: { web: 'good-1' }, env: 'A=1' });
  return bed.begin(await bed.release({ images: { web: image }, env: 'A=2' }));
};

/** The machine with `runTasks` behind each task state: one that dies is called again. */
const execute = async (promotion: Promotion, functions: () => EngineDependencies) => {
  const called: TaskName[] = [];
  let task: TaskName = 'Prepare';
  let run: TaskResult = { v: 1, app: 'shop', promotion: promotion.id, attempt: 1, next: 'Apply' };
  for (;;) {
    called.push(task);
    const result = await bed.advance(
      runTasks(functions(), { task, run }).catch((error: unknown) => {
        if (error instanceof KilledError) return undefined;
        throw error;
      })
    );
    if (!result) continue;
    if (task.startsWith('Settle')) return called;
    run = result;
    task = [result.next, `Settle${result.next}`].find((it): it is TaskName =>
      Object.hasOwn(promotionTasks, it)
    ) as TaskName;
  }
};

test('tasks that follow each other at once share an invocation; a watch begins one', async () => {
  const good = await execute(await second('good-2'), () => bed.deps);
  const bad = await execute(await second('crash'), () => bed.deps);

  expect(good).toEqual(['Prepare', 'Watch', 'SettlePromoted']);
  expect(bad).toEqual(['Prepare', 'Watch', 'WatchRollback', 'SettleRolledBack']);
});

test('a promotion ends with the invocation that sees the verdict', async () => {
  const promotion = await second('good-2');
  const run = { v: 1, app: 'shop', promotion: promotion.id, attempt: 1 } as const;
  const applied = await bed.advance(runTasks(bed.deps, { task: 'Prepare', run }));

  await bed.advance(runTasks(bed.deps, { task: 'Watch', run: applied }));

  expect(bed.promotion(promotion.id).status).toBe('Promoted');
});

/** The same dependencies, and how often each method of a port was called. */
const counting = (deps: EngineDependencies) => {
  const counts: Record<string, number> = {};
  const counted = <Port extends object>(port: Port): Port =>
    new Proxy(port, {
      get: (target, name) => {
        const method = Reflect.get(target, name);
        if (typeof method !== 'function') return method;
        return (...args: unknown[]) => {
          counts[String(name)] = (counts[String(name)] ?? 0) + 1;
          return method.apply(target, args);
        };
      },
    });
  const { cluster, records, releases } = deps;
  return {
    deps: {
      ...deps,
      cluster: counted(cluster),
      records: counted(records),
      releases: counted(releases),
    },
    counts,
  };
};

test('tasks that share an invocation read the app, its checkpoint and its secrets once', async () => {
  const promotion = await second('good-2');
  const run = { v: 1, app: 'shop', promotion: promotion.id, attempt: 1 } as const;
  const first = counting(bed.deps);
  const applied = await bed.advance(runTasks(first.deps, { task: 'Prepare', run }));

  // Secrets, Services, Deployments, pods and events; a renewal before the trials and each stage.
  expect(first.counts).toMatchObject({ list: 5, loadCheckpoint: 1, renew: 3 });
  const last = counting(bed.deps);
  await bed.advance(runTasks(last.deps, { task: 'Watch', run: applied }));

  expect(last.counts).toMatchObject({ list: 10, loadCheckpoint: 2 });
});

/** Whether there was such a call. Only the first function is mortal: the one that dies is replaced. */
const dieAt = async (call: number, image: string, outcome: string): Promise<boolean> => {
  const promotion = await second(image);
  const before = await bed.objects();
  const dying = killable(bed.deps, (it) => {
    if (it !== call) return undefined;
    return call % 2 ? 'before' : 'after';
  });
  await execute(promotion, () => (dying.fate.isDead ? bed.deps : dying));

  expect(bed.promotion(promotion.id).status).toBe(outcome);
  if (outcome === 'RolledBack') expect(await bed.objects()).toEqual(before);
  bed.story(promotion.id);
  return dying.fate.isDead;
};

/** Odd, so that deaths before and after a call take turns. */
const step = 11;

test.each([
  ['good-2', 'Promoted'],
  ['crash', 'RolledBack'],
])(
  '%s ends in %s whichever call its function dies at',
  async (image, outcome) => {
    let deaths = 0;
    for (let call = 1; await dieAt(call, image, outcome); call += step) {
      deaths += 1;
      bed.close();
      bed = new PromotionBed();
    }
    expect(deaths).toBeGreaterThan(3);
  },
  60_000
);
