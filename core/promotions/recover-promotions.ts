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
 * Finds promotions that hold an app although their execution is gone, and gives each a fresh one,
 * which takes it to its end from the checkpoint. Safe to run at any time, by several at once.
 * @throws AggregateError of what went wrong with single apps, after all others were looked after.
 */
export const recoverPromotions =
  (deps: Dependencies) => async (): Promise<{ readonly recovered: readonly Recovery[] }> => {
    const apps = (await deps.apps.list()).filter((it) => it.promotion);
    const results = await Promise.allSettled(apps.map((app) => recover(deps, app)));
    const failed = results.filter((it) => it.status === 'rejected');
    if (failed.length > 0) {
      const errors = failed.map((it) => it.reason);
      throw new AggregateError(
        errors,
        `the promotions of ${failed.length} apps were not recovered`
      );
    }
    const done = results.map((it) => (it.status === 'fulfilled' ? it.value : undefined));
    return { recovered: done.filter((it) => it !== undefined) };
  };

const recover = async (deps: Dependencies, app: App): Promise<Recovery | undefined> => {
  const { promotions, promotionRuns } = deps;
  const promotion = await promotions.find(app.name, app.promotion ?? '');
  if (!promotion || isEnded(promotion)) return undefined;
  const { id, attempt } = promotion;
  if (await promotionRuns.isRunning({ app: app.name, id, attempt })) return undefined;
  const next = { app: app.name, id, attempt: attempt + 1 };
  if (next.attempt > maxAttempts) return giveUp(deps, { app, promotion, next });
  if (!(await promotions.countAttempt(next))) return undefined;
  await promotionRuns.start(next);
  return { app: app.name, promotion: id, attempt: next.attempt };
};

interface Lost {
  readonly app: App;
  readonly promotion: Promotion;
  readonly next: Attempt;
}

const giveUp = async (
  { records }: Dependencies,
  { app, promotion, next }: Lost
): Promise<Recovery | undefined> => {
  const outcome = isActive(app, promotion) ? 'Promoted' : 'Degraded';
  const cause = `${maxAttempts} executions ended before the promotion did: see the log of the function`;
  try {
    const { hold } = await records.acquire(next);
    await records.settle(hold, { outcome, reason: 'ExecutionsLost', cause });
    return { app: app.name, promotion: promotion.id, outcome };
  } catch (error) {
    // Somebody else just ended it.
    if (error instanceof SupersededError) return undefined;
    throw error;
  }
};

/** It was past its point of no return: only what follows that is missing. */
const isActive = ({ active }: App, { release, previous }: Promotion): boolean =>
  active === release && previous !== release;
