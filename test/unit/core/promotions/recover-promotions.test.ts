import { expect, test } from '@jest/globals';
import { recoverPromotions } from '#core/promotions/recover-promotions.ts';
import { apiBed } from '#test/fakes/api-bed.ts';
import { aPromotion } from '#test/samples.ts';

/** A promotion of `shop` whose first execution has been started. */
const running = async () => {
  const bed = await apiBed().hasApp();
  const { id } = await bed.promotions.begin(aPromotion());
  await bed.promotionRuns.start({ app: 'shop', id, attempt: 1 });
  return { ...bed, id };
};

test('leaves alone what still runs', async () => {
  const bed = await running();

  expect(await recoverPromotions(bed)()).toEqual({ recovered: [] });
  expect(bed.promotionRuns.started).toHaveLength(1);
});

test('gives a promotion whose execution is gone a fresh one', async () => {
  const bed = await running();
  bed.promotionRuns.die();

  const { recovered } = await recoverPromotions(bed)();

  expect(recovered).toEqual([{ app: 'shop', promotion: bed.id, attempt: 2 }]);
  expect(bed.promotionRuns.started.at(-1)).toEqual({ app: 'shop', id: bed.id, attempt: 2 });
  expect((await bed.promotions.find('shop', bed.id))?.attempt).toBe(2);
});

test('starts a promotion whose first execution never was', async () => {
  const bed = await apiBed().hasApp();
  await bed.promotions.begin(aPromotion());

  const { recovered } = await recoverPromotions(bed)();

  expect(recovered).toMatchObject([{ attempt: 2 }]);
});

test('starts one execution when several sweeps run at once', async () => {
  const bed = await running();
  bed.promotionRuns.die();

  await Promise.all([1, 2, 3].map(() => recoverPromotions(bed)()));

  expect(bed.promotionRuns.started.map((it) => it.attempt)).toEqual([1, 2]);
});

const loseFive = async (bed: Awaited<ReturnType<typeof running>>) => {
  for (let count = 0; count < 5; count++) {
    bed.promotionRuns.die();
    await recoverPromotions(bed)();
  }
};

test('ends a promotion that five executions died on, and frees the app', async () => {
  const bed = await running();

  await loseFive(bed);

  expect(bed.promotionRuns.started).toHaveLength(5);
  expect(await bed.promotions.find('shop', bed.id)).toMatchObject({
    status: 'Degraded',
    reason: 'ExecutionsLost',
    cause: expect.stringContaining('5 executions'),
  });
  const app = await bed.apps.find('shop');
  expect(app).toMatchObject({ degraded: true });
  expect(app?.promotion).toBeUndefined();
});

test('ends it as promoted when it was past its point of no return', async () => {
  const bed = await running();
  const { hold } = await bed.records.acquire({ app: 'shop', id: bed.id, attempt: 1 });
  await bed.records.activate(hold, aPromotion().release);

  await loseFive(bed);

  expect(await bed.promotions.find('shop', bed.id)).toMatchObject({ status: 'Promoted' });
  expect((await bed.apps.find('shop'))?.degraded).toBe(false);
});

test('looks after every app, and says then what went wrong with one', async () => {
  const bed = await running();
  await bed.hasApp({ name: 'blog' });
  await bed.promotions.begin(aPromotion({ app: 'blog' }));
  bed.promotionRuns.die();
  const { isRunning } = bed.promotionRuns;
  bed.promotionRuns.isRunning = async (run) => {
    if (run.app === 'shop') throw new Error('throttled');
    return isRunning.call(bed.promotionRuns, run);
  };

  await expect(recoverPromotions(bed)()).rejects.toThrow(
    'the promotions of 1 apps were not recovered'
  );

  expect(bed.promotionRuns.started.at(-1)).toMatchObject({ app: 'blog', attempt: 2 });
});

const queuedBehind = async (bed: Awaited<ReturnType<typeof running>>) => {
  const queued = await bed.promotions.queue(aPromotion({ status: 'queued', attempt: 0 }), {
    force: false,
  });
  return queued?.id ?? '';
};

test('starts a promotion whose turn has come, and none that still waits', async () => {
  const bed = await running();
  const next = await queuedBehind(bed);
  expect(await recoverPromotions(bed)({ app: 'shop' })).toEqual({ recovered: [] });
  const { hold } = await bed.records.acquire({ app: 'shop', id: bed.id, attempt: 1 });
  await bed.records.settle(hold, { outcome: 'RolledBack', reason: '', cause: '' });

  await Promise.all([1, 2].map(() => recoverPromotions(bed)({ app: 'shop' })));

  expect(bed.promotionRuns.started.slice(1)).toEqual([{ app: 'shop', id: next, attempt: 1 }]);
});

test('starts what has waited for a promotion that is given up', async () => {
  const bed = await running();
  const next = await queuedBehind(bed);

  await loseFive(bed);

  expect((await bed.promotions.find('shop', bed.id))?.reason).toBe('ExecutionsLost');
  expect(bed.promotionRuns.started.at(-1)).toEqual({ app: 'shop', id: next, attempt: 1 });
});

test('looks at the one app that it is asked for', async () => {
  const bed = await running();
  bed.promotionRuns.die();

  expect(await recoverPromotions(bed)({ app: 'other' })).toEqual({ recovered: [] });
});
