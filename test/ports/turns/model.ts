import { expect } from '@jest/globals';
import { sequenceOf } from '#core/identifiers.ts';
import type { CancelMode } from '#core/promotions/ports.ts';
import { isEnded } from '#core/promotions/promotion.ts';
import { expectOrder, type Shop } from './shop.ts';

interface Running {
  readonly id: string;
  readonly release: string;
  /** What was active when it came to its turn. */
  readonly previous: string;
  /** 0: it has the app, and its first execution is still to be started. */
  attempt: number;
  isDead?: boolean;
  isActivated?: boolean;
  cancel?: CancelMode;
}

/** What must be so: the whole truth about one app, in a few fields. */
export interface Model {
  active: string;
  isDeleting: boolean;
  running: Running | undefined;
  waiting: { id: string; release: string } | undefined;
  /** How each promotion that is over has ended; written once. */
  readonly ends: Map<string, { status: string; reason: string }>;
}

export const expectModel = async (model: Model, shop: Shop): Promise<void> => {
  const fences = shop.holds.map((it) => it.fence);
  expect(fences).toEqual(fences.toSorted((one, other) => one - other));
  const app = await shop.ports.apps.find(shop.app);
  // The records of an app that is being deleted go with it.
  if (model.isDeleting && !model.running) {
    expect(app?.promotion).toBeUndefined();
    return;
  }
  const { running, waiting, active, ends } = model;
  expect([app?.promotion, app?.queued, app?.active ?? '']).toEqual([
    running?.id,
    waiting?.id,
    active,
  ]);
  const all = await shop.all();
  const ended = all.filter(isEnded).map(({ id, status, reason }) => [id, { status, reason }]);
  expect(Object.fromEntries(ended)).toEqual(Object.fromEntries(ends));
  const now = all.find((it) => it.id === running?.id);
  expect([now?.previous, now?.attempt]).toEqual([running?.previous, running?.attempt]);
  await expectOrder(shop);
};

export const refuse = (model: Model, { id }: { id: string }, reason: string) =>
  model.ends.set(id, { status: 'Refused', reason });

export const isOlder = (one: string, other = ''): boolean =>
  other !== '' && sequenceOf(one) < sequenceOf(other);

export const stop = (model: Model, mode: CancelMode): void => {
  const { running, waiting } = model;
  if (waiting && running) refuse(model, waiting, 'Cancelled');
  model.waiting = undefined;
  if (!running || running.isActivated) return;
  running.cancel = mode === 'abandon' ? mode : (running.cancel ?? mode);
};

export const handOver = (model: Model, end: { status: string; reason: string }): void => {
  const { running, waiting, active } = model;
  if (running) model.ends.set(running.id, end);
  model.running = undefined;
  model.waiting = undefined;
  if (!waiting) return;
  if (isOlder(waiting.release, active)) refuse(model, waiting, 'OlderRelease');
  else model.running = { ...waiting, previous: active, attempt: 0 };
};
