import { expect } from '@jest/globals';
import fc from 'fast-check';
import { AppNotUpdatingError, SupersededError, TooLateToCancelError } from '#core/errors.ts';
import type { CancelMode } from '#core/promotions/ports.ts';
import type { Outcome } from '#core/promotions/promotion.ts';
import { expectModel, handOver, isOlder, type Model, refuse, stop } from './model.ts';
import { releaseId, type Shop, type Way } from './shop.ts';

type Step = fc.AsyncCommand<Model, Shop>;

const step = (name: string, check: (model: Model) => boolean, run: Step['run']): Step => ({
  check,
  run: async (model, shop) => {
    await run(model, shop);
    await expectModel(model, shop);
  },
  toString: () => name,
});

const isRefused = ({ isDeleting, active, running, waiting }: Model, way: Way, release: string) => {
  const isBehindNewer = way === 'queue' && isOlder(release, waiting?.release);
  const isBusy = running && (way === 'promote' || isBehindNewer);
  return isDeleting || isOlder(release, active) || isBusy;
};

const promoteStep = (way: Way, number: number): Step =>
  step(
    `${way} ${number}`,
    () => true,
    async (model, shop) => {
      const release = releaseId(number);
      const { running, active } = model;
      const work = shop.promote(way, number);
      if (isRefused(model, way, release)) {
        await expect(work).rejects.toThrow(/updating|older|deleted|not found/);
        return;
      }
      const { id, status, behind } = await work;
      const before = running && { promotion: running.id, release: running.release };
      expect([status, behind]).toEqual([running ? 'queued' : 'running', before]);
      if (running) getInLine(model, { id, release }, way);
      else model.running = { id, release, previous: active, attempt: 1 };
    }
  );

const getInLine = (model: Model, next: { id: string; release: string }, way: Way): void => {
  const { running, waiting } = model;
  if (waiting) refuse(model, waiting, 'Replaced');
  model.waiting = next;
  if (way === 'force' && running && !running.isActivated) running.cancel ??= 'cancel';
};

const cancelStep = (mode: CancelMode): Step =>
  step(
    mode,
    (model) => !model.isDeleting,
    async (model, shop) => {
      const { running, waiting } = model;
      const work = shop.cancel(mode);
      if (!running) {
        await expect(work).rejects.toThrow(AppNotUpdatingError);
      } else if (running.isActivated && !waiting) {
        await expect(work).rejects.toThrow(TooLateToCancelError);
      } else {
        await work;
        stop(model, mode);
      }
    }
  );

const activateStep: Step = step(
  'activate',
  (model) => Number(model.running?.attempt) > 0,
  async (model, shop) => {
    const { running } = model;
    const hold = await shop.acquire();
    if (!(hold && running)) throw new Error('nothing runs');
    const result = await shop.ports.records.activate(hold, running.release);
    expect(result).toBe(running.cancel ? 'cancelled' : 'activated');
    if (running.cancel) return;
    running.isActivated = true;
    model.active = running.release;
  }
);

const settleStep = (outcome: Outcome): Step =>
  step(
    `settle ${outcome}`,
    (model) => Number(model.running?.attempt) > 0,
    async (model, shop) => {
      const hold = await shop.acquire();
      if (!hold) throw new Error('nothing runs');
      await shop.ports.records.settle(hold, { outcome, reason: 'Test', cause: '' });
      handOver(model, { status: outcome, reason: 'Test' });
    }
  );

/** A task that woke up too late: whatever it tries, it changes nothing. */
const staleStep = (at: number): Step =>
  step(
    'a stale task',
    () => true,
    async (_model, shop) => {
      const stale = shop.holds.slice(0, -1);
      const hold = stale[at % stale.length];
      if (!hold) return;
      const { records } = shop.ports;
      await expect(records.activate(hold, releaseId(99))).rejects.toThrow(SupersededError);
      await expect(records.renew(hold)).rejects.toThrow(SupersededError);
      const end = { outcome: 'Reverted', reason: 'Late', cause: '' } as const;
      const before = await records.find(hold.app, hold.promotion);
      const late = records.settle(hold, end);
      // Settling again as the same is no error.
      if (before?.status === 'Reverted') await late;
      else await expect(late).rejects.toThrow(SupersededError);
    }
  );

const dieStep: Step = step(
  'the executions die',
  () => true,
  async ({ running }, shop) => {
    shop.runs.die();
    if (running && running.attempt > 0) running.isDead = true;
  }
);

const recoverStep: Step = step(
  'recover',
  () => true,
  async (model, shop) => {
    await shop.recover();
    const { running } = model;
    if (!running || (running.attempt > 0 && !running.isDead)) return;
    if (running.attempt < 5) {
      model.running = { ...running, attempt: running.attempt + 1, isDead: false };
      return;
    }
    const isActive = model.active === running.release && running.previous !== running.release;
    handOver(model, { status: isActive ? 'Promoted' : 'Degraded', reason: 'ExecutionsLost' });
    if (model.running) model.running.attempt = 1;
  }
);

const deleteStep: Step = step(
  'delete',
  (model) => !model.isDeleting,
  async (model, shop) => {
    await shop.remove();
    model.isDeleting = true;
    stop(model, 'abandon');
  }
);

const number = fc.integer({ min: 1, max: 6 });
const outcomes = ['Promoted', 'RolledBack', 'Reverted', 'Refused', 'Degraded'] as const;

export const steps = [
  number.map((it) => promoteStep('promote', it)),
  number.map((it) => promoteStep('queue', it)),
  number.map((it) => promoteStep('queue', it)),
  number.map((it) => promoteStep('force', it)),
  fc.constantFrom<CancelMode>('cancel', 'abandon').map(cancelStep),
  fc.constant(activateStep),
  fc.constantFrom<Outcome>(...outcomes).map(settleStep),
  fc.constantFrom<Outcome>(...outcomes).map(settleStep),
  fc.nat().map(staleStep),
  fc.constant(dieStep),
  fc.constant(recoverStep),
  fc.constant(recoverStep),
  fc.integer({ min: 1, max: 10 }).map((it) => (it === 1 ? deleteStep : recoverStep)),
];
