import { expect, test } from '@jest/globals';
import { AppNotUpdatingError, AppUpdatingError, SupersededError } from '#core/errors.ts';
import { anApp, aPromotion, freshName } from '#test/samples.ts';
import type { RackPorts } from './apps.ts';

const [older, release, newer] = ['RAAAAABAAAA', 'RAAAAACAAAA', 'RAAAAADAAAA'] as const;
const waiting = (app: string, given: object = {}) =>
  aPromotion({ app, release, status: 'queued', attempt: 0, ...given });
const promoted = { outcome: 'Promoted', reason: '', cause: '' } as const;
const rolledBack = { outcome: 'RolledBack', reason: 'CrashLoop', cause: 'web exits' } as const;

/** What every implementation of `Promotions` and `PromotionRecords` does with those that wait. */
export const promotionQueueBehavesLike = (name: string, create: () => RackPorts): void => {
  const running = async (given: { active?: string; release?: string } = {}) => {
    const ports = create();
    const app = freshName();
    const { active, release: first = older } = given;
    await ports.apps.create(anApp({ name: app, ...(active && { active }) }));
    const { id } = await ports.promotions.begin(
      aPromotion({ app, release: first, previous: active ?? '' })
    );
    const { hold } = await ports.records.acquire({ app, id, attempt: 1 });
    return { ...ports, app, id, hold };
  };
  type Bed = Awaited<ReturnType<typeof running>>;
  const queue = async ({ promotions, app }: Bed, given: object = {}, force = false) => {
    const queued = await promotions.queue(waiting(app, given), { force });
    if (!queued) throw new Error('nothing runs');
    return queued;
  };

  test(`${name}: queues nothing where nothing runs`, async () => {
    const { apps, promotions } = create();
    const app = freshName();
    await apps.create(anApp({ name: app }));

    expect(await promotions.queue(waiting(app), { force: true })).toBeUndefined();
    expect(await promotions.list(app, { limit: 10 })).toEqual([]);
  });

  test(`${name}: records who waits, and for whom, and leaves the running one alone`, async () => {
    const bed = await running();

    const queued = await queue(bed);

    expect(queued).toMatchObject({
      status: 'queued',
      behind: { promotion: bed.id, release: older },
    });
    expect(await bed.promotions.find(bed.app, queued.id)).toEqual(queued);
    expect(await bed.apps.find(bed.app)).toMatchObject({ promotion: bed.id, queued: queued.id });
    expect(await bed.records.renew(bed.hold)).toEqual({ cancel: undefined });
  });

  test(`${name}: lets the waiting one run in the moment in which the running one ends`, async () => {
    const bed = await running({ active: older, release });
    const queued = await queue(bed, { release: newer });
    await bed.records.activate(bed.hold, release);

    await bed.records.settle(bed.hold, promoted);
    await bed.records.settle(bed.hold, promoted);

    expect(await bed.promotions.find(bed.app, queued.id)).toMatchObject({
      status: 'running',
      previous: release,
      attempt: 0,
    });
    const app = await bed.apps.find(bed.app);
    expect(app).toMatchObject({ promotion: queued.id, promotionStatus: 'running' });
    expect(app?.queued).toBeUndefined();
    await expect(bed.promotions.begin(aPromotion({ app: bed.app }))).rejects.toThrow(
      AppUpdatingError
    );
    const next = await bed.records.acquire({ app: bed.app, id: queued.id, attempt: 1 });
    expect(next.hold.fence).toBe(bed.hold.fence + 1);
    expect(next.waitUntil).toBe(0);
    expect(await bed.records.renew(next.hold)).toEqual({ cancel: undefined });
    await expect(bed.records.renew(bed.hold)).rejects.toThrow(SupersededError);
  });

  test(`${name}: goes back to what is active, not to what failed before it`, async () => {
    const bed = await running({ active: older, release });
    const queued = await queue(bed, { release: newer });

    await bed.records.settle(bed.hold, rolledBack);

    expect((await bed.promotions.find(bed.app, queued.id))?.previous).toBe(older);
  });

  test(`${name}: puts a newer release in the place of the one that waits, and tells it`, async () => {
    const bed = await running();
    const first = await queue(bed);

    const second = await queue(bed, { release: newer });

    expect(await bed.promotions.find(bed.app, first.id)).toMatchObject({
      status: 'Refused',
      reason: 'Replaced',
      cause: expect.stringContaining(`${second.id} of release ${newer}`),
      ended: second.started,
    });
    expect((await bed.apps.find(bed.app))?.queued).toBe(second.id);
    await bed.records.settle(bed.hold, rolledBack);
    expect((await bed.apps.find(bed.app))?.promotion).toBe(second.id);
    expect((await bed.promotions.find(bed.app, first.id))?.status).toBe('Refused');
  });

  test(`${name}: a later promotion of the same release takes the place, an older release does not`, async () => {
    const bed = await running();
    await queue(bed);

    const again = await queue(bed);

    expect((await bed.apps.find(bed.app))?.queued).toBe(again.id);
    const late = bed.promotions.queue(waiting(bed.app, { release: older }), { force: false });
    await expect(late).rejects.toThrow(AppUpdatingError);
    expect((await bed.apps.find(bed.app))?.queued).toBe(again.id);
  });

  test(`${name}: by force stops the running one and takes the place of any other`, async () => {
    const bed = await running();
    const first = await queue(bed, { release: newer });

    const forced = await queue(bed, {}, true);

    expect(await bed.records.renew(bed.hold)).toEqual({ cancel: 'cancel' });
    expect((await bed.promotions.find(bed.app, first.id))?.reason).toBe('Replaced');
    await bed.records.settle(bed.hold, rolledBack);
    expect((await bed.apps.find(bed.app))?.promotion).toBe(forced.id);
  });

  test(`${name}: force stops nothing past its point of no return`, async () => {
    const bed = await running();
    await bed.records.activate(bed.hold, older);

    const forced = await queue(bed, {}, true);

    expect(await bed.records.renew(bed.hold)).toEqual({ cancel: undefined });
    await bed.records.settle(bed.hold, promoted);
    expect(await bed.promotions.find(bed.app, forced.id)).toMatchObject({
      status: 'running',
      previous: older,
    });
  });

  test(`${name}: does not take a given-up promotion back by force`, async () => {
    const bed = await running();
    await bed.promotions.requestCancel(bed.app, 'abandon');

    await queue(bed, {}, true);

    expect(await bed.records.renew(bed.hold)).toEqual({ cancel: 'abandon' });
  });

  test(`${name}: cancels the one that waits with the one that runs`, async () => {
    const bed = await running();
    const queued = await queue(bed);

    await bed.promotions.requestCancel(bed.app, 'cancel');

    expect(await bed.promotions.find(bed.app, queued.id)).toMatchObject({
      status: 'Refused',
      reason: 'Cancelled',
      ended: expect.stringMatching(/^\d{4}-/),
    });
    expect((await bed.apps.find(bed.app))?.queued).toBeUndefined();
    expect(await bed.records.renew(bed.hold)).toEqual({ cancel: 'cancel' });
    await bed.records.settle(bed.hold, rolledBack);
    expect((await bed.apps.find(bed.app))?.promotion).toBeUndefined();
    const nothing = bed.promotions.requestCancel(bed.app, 'cancel');
    await expect(nothing).rejects.toThrow(AppNotUpdatingError);
  });

  test(`${name}: cancels the one that waits behind one that is past its point of no return`, async () => {
    const bed = await running();
    await bed.records.activate(bed.hold, older);
    const queued = await queue(bed);

    await bed.promotions.requestCancel(bed.app, 'cancel');

    expect((await bed.promotions.find(bed.app, queued.id))?.reason).toBe('Cancelled');
    expect(await bed.records.activate(bed.hold, older)).toBe('activated');
    await bed.records.settle(bed.hold, promoted);
    expect(await bed.apps.find(bed.app)).toMatchObject({ active: older });
  });

  test(`${name}: does not run a release that is older than the one that became active meanwhile`, async () => {
    const bed = await running({ release: newer });
    const queued = await queue(bed);
    await bed.records.activate(bed.hold, newer);

    await bed.records.settle(bed.hold, promoted);

    expect(await bed.promotions.find(bed.app, queued.id)).toMatchObject({
      status: 'Refused',
      reason: 'OlderRelease',
      cause: expect.stringContaining(newer),
    });
    const app = await bed.apps.find(bed.app);
    expect([app?.promotion, app?.promotionStatus, app?.queued].filter(Boolean)).toEqual([]);
  });

  test(`${name}: runs nothing in an app that is being deleted or was locked`, async () => {
    for (const close of ['delete', 'lock'] as const) {
      const bed = await running();
      const queued = await queue(bed);
      if (close === 'delete') await bed.apps.markDeleting(bed.app);
      else await bed.apps.change(bed.app, { locked: true });

      await bed.records.settle(bed.hold, rolledBack);

      expect((await bed.apps.find(bed.app))?.promotion).toBeUndefined();
      expect(await bed.promotions.find(bed.app, queued.id)).toMatchObject({
        status: 'Refused',
        reason: close === 'delete' ? 'AppDeleted' : 'AppLocked',
      });
    }
  });

  test(`${name}: queues nothing for an app that is being deleted`, async () => {
    const bed = await running();
    await bed.apps.markDeleting(bed.app);

    await expect(bed.promotions.queue(waiting(bed.app), { force: true })).rejects.toThrow();
    expect(await bed.promotions.list(bed.app, { limit: 10 })).toHaveLength(1);
    expect(await bed.records.renew(bed.hold)).toEqual({ cancel: undefined });
  });

  test(`${name}: forgets who waited with the app`, async () => {
    const bed = await running();
    await queue(bed);

    await bed.apps.remove(bed.app);
    await bed.apps.create(anApp({ name: bed.app }));

    const { id } = await bed.promotions.begin(aPromotion({ app: bed.app }));
    const { hold } = await bed.records.acquire({ app: bed.app, id, attempt: 1 });
    await bed.records.settle(hold, rolledBack);
    expect((await bed.apps.find(bed.app))?.promotion).toBeUndefined();
  });

  test(`${name}: keeps exactly the newest of thirty that queue up at once`, async () => {
    const bed = await running();
    const results = await Promise.allSettled(
      Array.from({ length: 30 }, () => bed.promotions.queue(waiting(bed.app), { force: false }))
    );

    const all = (await bed.promotions.list(bed.app, { limit: 100 })).filter(
      (it) => it.id !== bed.id
    );
    const left = all.filter((it) => it.status === 'queued');
    expect(left.map((it) => it.id)).toEqual([all[0]?.id]);
    expect((await bed.apps.find(bed.app))?.queued).toBe(left[0]?.id);
    const refused = results.filter((it) => it.status === 'rejected');
    for (const it of refused) expect(it.reason).toBeInstanceOf(AppUpdatingError);
    expect(all).toHaveLength(30 - refused.length);
    for (const it of all.slice(1)) {
      expect(it).toMatchObject({ status: 'Refused', reason: 'Replaced' });
    }
  });

  test(`${name}: queueing, cancelling and settling at once lose and double nothing`, async () => {
    const bed = await running();

    await Promise.allSettled([
      ...Array.from({ length: 5 }, () => bed.promotions.queue(waiting(bed.app), { force: false })),
      bed.promotions.requestCancel(bed.app, 'cancel'),
      bed.records.settle(bed.hold, rolledBack),
      ...Array.from({ length: 5 }, () => bed.promotions.queue(waiting(bed.app), { force: true })),
    ]);

    const app = await bed.apps.find(bed.app);
    const all = await bed.promotions.list(bed.app, { limit: 100 });
    const byStatus = (status: string) =>
      all.filter((it) => it.status === status).map((it) => it.id);
    expect(byStatus('running')).toEqual(app?.promotion ? [app.promotion] : []);
    expect(byStatus('queued')).toEqual(app?.queued ? [app.queued] : []);
    expect(byStatus('RolledBack')).toEqual([bed.id]);
  });
};
