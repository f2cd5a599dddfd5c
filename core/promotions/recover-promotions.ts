import type { App } from '../apps/app.ts';
import type { Apps } from '../apps/ports.ts';
import { SupersededError } from '../errors.ts';
import type { Attempt, PromotionRecords, PromotionRuns, Promotions } from './ports.ts';
import { isEnded, type Outcome, type Promotion } from './promotion.ts';

interface Dependencies {
  readonly apps: Apps;
  readonly promotions: Promotions;
  readonly promotionRuns: PromotionRuns;
  readonly records: Pick<PromotionRecords, 'acquire' | 'settle'>;
}

export interface Recovery {
  readonly app: string;
  readonly promotion: string;
  /** Which execution goes on with it. */
  readonly attempt?: number;
  /** How it was ended, when none does any more. */
  readonly outcome?: Outcome;
}

/** A promotion that so many executions died on is ended: the app must not be held for ever. */
const maxAttempts = 5;

/**
 * Finds promotions that hold an app although no execution works on them: theirs is gone, or they have
 * just come to their turn. Each gets a fresh one, which takes it to its end from the checkpoint. Looks
 * at one app, or at all. Safe to run at any time, by several at once.
 * @throws AggregateError of what went wrong with single apps, after all others were looked after.
 */
export const recoverPromotions =
  (deps: Dependencies) =>
  async ({
    app,
  }: {
    readonly app?: string | undefined;
  } = {}): Promise<{ readonly recovered: readonly Recovery[] }> => {
    const apps = app ? [await deps.apps.find(app)] : await deps.apps.list();
    const held = apps.flatMap((it) => (it?.promotion ? [it] : []));
    const results = await Promise.allSettled(held.map((it) => recover(deps, it)));
    const failed = results.filter((it) => it.status === 'rejected');
    if (failed.length > 0) {
      const errors = failed.map((it) => it.reason);
      throw new AggregateError(
        errors,
        `the promotions of ${failed.length} apps were not recovered`
      );
    }
    return { recovered: results.flatMap((it) => (it.status === 'fulfilled' ? it.value : [])) };
  };

const recover = async (deps: Dependencies, app: App): Promise<readonly Recovery[]> => {
  const promotion = await deps.promotions.find(app.name, app.promotion ?? '');
  if (!promotion || isEnded(promotion)) return [];
  const { id, attempt } = promotion;
  const last = { app: app.name, id, attempt };
  if (attempt > 0 && (await deps.promotionRuns.isRunning(last))) return [];
  const next = { ...last, attempt: attempt + 1 };
  return next.attempt > maxAttempts
    ? giveUp(deps, { app, promotion, next })
    : startNext(deps, next);
};

const startNext = async (
  { promotions, promotionRuns }: Dependencies,
  next: Attempt
): Promise<readonly Recovery[]> => {
  if (!(await promotions.countAttempt(next))) return [];
  await promotionRuns.start(next);
  return [{ app: next.app, promotion: next.id, attempt: next.attempt }];
};

interface Lost {
  readonly app: App;
  readonly promotion: Promotion;
  readonly next: Attempt;
}

/** Who has waited for it comes to its turn at once. */
const giveUp = async (
  deps: Dependencies,
  { app, promotion, next }: Lost
): Promise<readonly Recovery[]> => {
  const outcome = isActive(app, promotion) ? 'Promoted' : 'Degraded';
  const cause = `${maxAttempts} executions ended before the promotion did: see the log of the function`;
  try {
    const { hold } = await deps.records.acquire(next);
    await deps.records.settle(hold, { outcome, reason: 'ExecutionsLost', cause });
  } catch (error) {
    // Somebody else just ended it.
    if (error instanceof SupersededError) return [];
    throw error;
  }
  const { recovered } = await recoverPromotions(deps)({ app: app.name });
  return [{ app: app.name, promotion: promotion.id, outcome }, ...recovered];
};

/** It was past its point of no return: only what follows that is missing. */
const isActive = ({ active }: App, { release, previous }: Promotion): boolean =>
  active === release && previous !== release;
