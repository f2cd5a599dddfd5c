import { expect, test } from '@jest/globals';
import { OvertakenError, SupersededError } from '#core/errors.ts';
import type { Stories } from '#core/events/ports.ts';
import type { Hold } from '#core/promotions/ports.ts';
import { anApp, anEvent, aPromotion, freshName } from '#test/samples.ts';
import type { RackPorts } from './apps.ts';

const promoted = { outcome: 'Promoted', reason: '', cause: '' } as const;

/** What every implementation of `PromotionRecords` does. */
export const promotionRecordsBehaveLike = (
  name: string,
  create: () => RackPorts & { readonly stories: Stories }
): void => {
  const held = async () => {
    const ports = create();
    const app = freshName();
    await ports.apps.create(anApp({ name: app }));
    const { id } = await ports.promotions.begin(aPromotion({ app }));
    const { hold } = await ports.records.acquire({ app, id, attempt: 1 });
    return { ...ports, app, id, hold };
  };

  test(`${name}: raises the fence with each holder and says until when the last one may write`, async () => {
    const { records, app, id, hold } = await held();

    const again = await records.acquire({ app, id, attempt: 1 });
    const next = await records.acquire({ app, id, attempt: 2 });

    expect(again.hold).toEqual({ app, promotion: id, fence: hold.fence + 1 });
    expect(next.hold.fence).toBe(hold.fence + 2);
    expect(next.waitUntil).toBeGreaterThan(0);
  });

  test(`${name}: gives an app that nobody held without a wait`, async () => {
    const { apps, promotions, records } = create();
    const app = freshName();
    await apps.create(anApp({ name: app }));
    const { id } = await promotions.begin(aPromotion({ app }));

    const { hold, waitUntil } = await records.acquire({ app, id, attempt: 1 });

    expect(hold).toEqual({ app, promotion: id, fence: 1 });
    expect(waitUntil).toBe(0);
  });

  test(`${name}: lets an earlier attempt, another promotion and a stranger have nothing`, async () => {
    const { records, app, id } = await held();
    await records.acquire({ app, id, attempt: 3 });

    for (const run of [
      { app, id, attempt: 2 },
      { app, id: 'PZZZZZZZZZZ', attempt: 9 },
      { app: freshName(), id, attempt: 9 },
    ]) {
      await expect(records.acquire(run)).rejects.toThrow(SupersededError);
    }
  });

  test(`${name}: refuses every write of a holder that was fenced out, and changes nothing`, async () => {
    const { apps, records, stories, app, id, hold } = await held();
    await records.acquire({ app, id, attempt: 2 });
    const before = [await apps.find(app), await records.find(app, id)];

    const writes: readonly ((stale: Hold) => Promise<unknown>)[] = [
      (stale) => records.renew(stale),
      (stale) => records.change(stale, { status: 'rolling-back' }),
      (stale) => records.change(stale, { reason: 'CrashLoop' }),
      (stale) => records.activate(stale, 'RAAAAACAAAA'),
      (stale) => records.settle(stale, promoted),
      (stale) => records.saveCheckpoint(stale, { v: 1 }, [anEvent(1)]),
    ];
    for (const write of writes) await expect(write(hold)).rejects.toThrow(SupersededError);

    expect([await apps.find(app), await records.find(app, id)]).toEqual(before);
    expect(await records.loadCheckpoint(app, id)).toBeUndefined();
    expect(await stories.read({ app, id }, 0)).toEqual([]);
  });

  test(`${name}: changes the record, and the app's shown status with it`, async () => {
    const { apps, records, app, id, hold } = await held();
    const services = [
      { service: 'web', desired: 2, updated: 1, ready: 1, old: 1, waiting: 'a process' },
    ];

    await records.change(hold, { services });
    await records.change(hold, { status: 'rolling-back', reason: 'CrashLoop', cause: 'web exits' });

    expect(await records.find(app, id)).toMatchObject({
      status: 'rolling-back',
      reason: 'CrashLoop',
      cause: 'web exits',
      services,
    });
    expect((await apps.find(app))?.promotionStatus).toBe('rolling-back');
  });

  test(`${name}: activates a release, once or twice`, async () => {
    const { apps, records, app, hold } = await held();

    expect(await records.activate(hold, 'RAAAAACAAAA')).toBe('activated');
    expect(await records.activate(hold, 'RAAAAACAAAA')).toBe('activated');

    expect(await apps.find(app)).toMatchObject({ active: 'RAAAAACAAAA', degraded: false });
  });

  test(`${name}: activates nothing after a request to stop`, async () => {
    const { apps, promotions, records, app, hold } = await held();
    await promotions.requestCancel(app, 'cancel');

    expect(await records.activate(hold, 'RAAAAACAAAA')).toBe('cancelled');

    expect((await apps.find(app))?.active).toBeUndefined();
  });

  test(`${name}: answers an activation that is repeated as before, whatever was asked since`, async () => {
    const { promotions, records, app, hold } = await held();
    await records.activate(hold, 'RAAAAACAAAA');
    await promotions.requestCancel(app, 'cancel').catch(() => undefined);

    expect(await records.activate(hold, 'RAAAAACAAAA')).toBe('activated');
  });

  test(`${name}: settles once, frees the app, and takes the same end again`, async () => {
    const { apps, promotions, records, app, id, hold } = await held();
    const end = { outcome: 'RolledBack', reason: 'CrashLoop', cause: 'web exits' } as const;

    await records.settle(hold, end);
    await records.settle(hold, end);

    expect(await records.find(app, id)).toMatchObject({
      status: 'RolledBack',
      reason: 'CrashLoop',
      cause: 'web exits',
      ended: expect.stringMatching(/^\d{4}-/),
    });
    const free = await apps.find(app);
    expect(free?.promotion).toBeUndefined();
    expect(free?.promotionStatus).toBeUndefined();
    await expect(records.settle(hold, promoted)).rejects.toThrow(SupersededError);
    await expect(records.renew(hold)).rejects.toThrow(SupersededError);
    expect((await promotions.begin(aPromotion({ app }))).id).not.toBe(id);
  });

  test(`${name}: settles with the last lines, or with none of it`, async () => {
    const { apps, records, stories, app, id, hold } = await held();
    await records.saveCheckpoint(hold, { v: 1, sequence: 2 }, [anEvent(1), anEvent(2)]);
    const late = { checkpoint: { v: 1, sequence: 2 }, events: [anEvent(2, { kind: 'verdict' })] };
    const last = { checkpoint: { v: 1, sequence: 3 }, events: [anEvent(3)] };

    await expect(records.settle(hold, promoted, late)).rejects.toThrow(OvertakenError);
    expect((await apps.find(app))?.promotion).toBe(id);
    await records.settle(hold, promoted, last);
    await records.settle(hold, promoted, last);

    expect(await records.find(app, id)).toMatchObject({ status: 'Promoted' });
    expect(await records.loadCheckpoint(app, id)).toMatchObject({ sequence: 3 });
    expect(await stories.read({ app, id }, 0)).toEqual([anEvent(1), anEvent(2), anEvent(3)]);
  });

  test(`${name}: keeps the fence rising from one promotion to the next`, async () => {
    const { promotions, records, app, hold } = await held();
    await records.settle(hold, promoted);

    const { id } = await promotions.begin(aPromotion({ app }));
    const next = await records.acquire({ app, id, attempt: 1 });

    expect(next.hold.fence).toBe(hold.fence + 1);
    expect(next.waitUntil).toBe(0);
  });

  test(`${name}: shows an app as degraded until a promotion has succeeded`, async () => {
    const { apps, promotions, records, app, hold } = await held();
    await records.settle(hold, { outcome: 'Degraded', reason: 'Abandoned', cause: 'given up' });
    expect((await apps.find(app))?.degraded).toBe(true);
    const { id } = await promotions.begin(aPromotion({ app }));
    const next = await records.acquire({ app, id, attempt: 1 });

    await records.activate(next.hold, 'RAAAAACAAAA');
    await records.settle(next.hold, promoted);

    expect((await apps.find(app))?.degraded).toBe(false);
  });

  test(`${name}: keeps a checkpoint and its lines together, and doubles no line`, async () => {
    const { records, stories, app, id, hold } = await held();
    expect(await records.loadCheckpoint(app, id)).toBeUndefined();
    const events = [anEvent(1), anEvent(2, { kind: 'verdict' })];

    await records.saveCheckpoint(hold, { v: 1, sequence: 2, left: undefined }, events);
    await records.saveCheckpoint(hold, { v: 1, sequence: 3 }, [anEvent(3)]);

    expect(await records.loadCheckpoint(app, id)).toEqual({ v: 1, sequence: 3 });
    expect(await stories.read({ app, id }, 0)).toEqual([...events, anEvent(3)]);
  });

  test(`${name}: lets no second function of the same holder write over its lines`, async () => {
    const { records, stories, app, id, hold } = await held();
    await records.saveCheckpoint(hold, { v: 1, sequence: 2 }, [anEvent(1), anEvent(2)]);

    const twins = [
      records.saveCheckpoint(hold, { v: 1, sequence: 2 }, [anEvent(2, { text: 'twin' })]),
      records.saveCheckpoint(hold, { v: 1, sequence: 1 }, []),
    ];
    for (const twin of twins) await expect(twin).rejects.toThrow(OvertakenError);

    expect(await records.loadCheckpoint(app, id)).toEqual({ v: 1, sequence: 2 });
    expect(await stories.read({ app, id }, 0)).toEqual([anEvent(1), anEvent(2)]);
  });

  test(`${name}: takes ninety lines and a checkpoint of megabytes at once`, async () => {
    const { records, stories, app, id, hold } = await held();
    const checkpoint = { v: 1, plan: 'ä'.repeat(1_500_000) };
    const events = Array.from({ length: 90 }, (_, at) => anEvent(at + 1));

    await records.saveCheckpoint(hold, checkpoint, events);

    expect(await records.loadCheckpoint(app, id)).toEqual(checkpoint);
    expect(await stories.read({ app, id }, 0)).toEqual(events);
  });

  test(`${name}: hands the last checkpoint to whoever takes over`, async () => {
    const { records, app, id, hold } = await held();
    await records.saveCheckpoint(hold, { v: 1, state: 'Watch', plan: 'x'.repeat(200_000) }, []);
    const { hold: next } = await records.acquire({ app, id, attempt: 2 });

    const stale = records.saveCheckpoint(hold, { v: 1, plan: 'y'.repeat(200_000) }, []);

    await expect(stale).rejects.toThrow(SupersededError);
    expect(await records.loadCheckpoint(app, id)).toMatchObject({ state: 'Watch' });
    await records.saveCheckpoint(next, { v: 1, state: 'Rollback' }, []);
    expect(await records.loadCheckpoint(app, id)).toEqual({ v: 1, state: 'Rollback' });
  });
};
