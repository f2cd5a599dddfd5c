import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isEnded } from '#core/promotions/promotion.ts';
import { anApp } from '#test/samples.ts';
import type { RackPorts } from '../apps.ts';
import { givingWay, isKnown, race, works } from './races.ts';
import { expectOrder, Shop } from './shop.ts';
import { steps } from './steps.ts';

/** Takes all that is left to its end: nothing may be left over, and nothing run twice. */
const drain = async (shop: Shop): Promise<void> => {
  for (;;) {
    const app = await shop.ports.apps.find(shop.app);
    if (!app?.promotion) break;
    shop.runs.die();
    await shop.recover();
    const { promotion } = (await shop.ports.apps.find(shop.app)) ?? {};
    const hold = promotion ? await shop.acquire() : undefined;
    if (!hold) continue;
    await shop.ports.records.settle(hold, { outcome: 'RolledBack', reason: 'Drained', cause: '' });
    await expectOrder(shop);
  }
  expect((await shop.all()).filter((it) => !isEnded(it))).toEqual([]);
};

interface Effort {
  readonly runs: number;
  /** Where time can be ordered: everything else is as it comes. */
  readonly isScheduled?: boolean;
}

/** Whatever happens to the promotions of an app, in whatever order. */
export const promotionTurnsHold = (
  name: string,
  create: () => RackPorts,
  { runs, isScheduled = false }: Effort
): void => {
  const open = async (ports: RackPorts): Promise<Shop> => {
    const shop = new Shop(ports);
    await ports.apps.create(anApp({ name: shop.app }));
    return shop;
  };

  test(`${name}: follows the model through any sequence of steps`, async () => {
    await fc.assert(
      fc.asyncProperty(fc.commands(steps, { maxCommands: 40 }), async (commands) => {
        const shop = await open(create());
        const model = {
          active: '',
          isDeleting: false,
          running: undefined,
          waiting: undefined,
          ends: new Map(),
        };
        await fc.asyncModelRun(() => ({ model, real: shop }), commands);
        await drain(shop);
      }),
      { numRuns: runs }
    );
  }, 120_000);

  const hold = async (batches: readonly Batch[], scheduler: fc.Scheduler): Promise<void> => {
    const ports = create();
    const shop = await open(ports);
    const turn = () => scheduler.schedule(Promise.resolve());
    const at = isScheduled ? shop.with(allGivingWay(ports, turn)) : shop;
    for (const batch of batches) {
      const all = Promise.allSettled(batch.map(([work, it]) => works[work]?.(at, it)));
      expectKnown(await (isScheduled ? scheduler.waitFor(all) : all));
      await expectOrder(shop);
    }
    await drain(shop);
  };

  test(`${name}: keeps its order whoever is at work at the same time`, async () => {
    const races = fc.array(race, { minLength: 1, maxLength: 4 });
    await fc.assert(fc.asyncProperty(races, fc.scheduler(), hold), { numRuns: runs });
  }, 120_000);
};

type Batch = readonly (readonly [work: string, release: number])[];

const expectKnown = (results: readonly PromiseSettledResult<unknown>[]): void => {
  const failures = results.flatMap((it) => (it.status === 'rejected' ? it.reason : []));
  expect(failures.filter((it) => !isKnown(it))).toEqual([]);
};

const allGivingWay = (ports: RackPorts, turn: () => Promise<unknown>): RackPorts => ({
  ...ports,
  apps: givingWay(ports.apps, turn),
  promotions: givingWay(ports.promotions, turn),
  records: givingWay(ports.records, turn),
});
