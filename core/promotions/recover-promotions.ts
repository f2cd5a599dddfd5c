import type { Apps } from '../apps/ports.ts';
import type { PromotionRuns, Promotions } from './ports.ts';
import { isEnded, type Promotion } from './promotion.ts';

interface Dependencies {
  readonly apps: Apps;
  readonly promotions: Promotions;
  readonly promotionRuns: PromotionRuns;
}

export interface Recovery {
  readonly app: string;
  readonly promotion: string;
  readonly attempt: number;
}

/** After so many executions died on a promotion, a person has to look. */
const maxAttempts = 5;

/**
 * Finds promotions that hold an app although their execution is gone, and gives each a fresh one,
 * which takes it to its end from the checkpoint. Safe to run at any time, by several at once.
 */
export const recoverPromotions =
  (deps: Dependencies) => async (): Promise<{ readonly recovered: readonly Recovery[] }> => {
    const apps = (await deps.apps.list()).filter((it) => it.promotion);
    const found = await Promise.all(
      apps.map(({ name, promotion = '' }) => deps.promotions.find(name, promotion))
    );
    const recovered = await Promise.all(found.map((it) => it && recover(deps, it)));
    return { recovered: recovered.filter((it) => it !== undefined) };
  };

const recover = async (
  { promotions, promotionRuns }: Dependencies,
  promotion: Promotion
): Promise<Recovery | undefined> => {
  const { app, id, attempt } = promotion;
  if (isEnded(promotion) || (await promotionRuns.isRunning({ app, id, attempt }))) return undefined;
  const next = { app, id, attempt: attempt + 1 };
  if (next.attempt > maxAttempts) {
    throw new Error(`promotion ${id} of ${app} has lost ${maxAttempts} executions`);
  }
  if (!(await promotions.countAttempt(next))) return undefined;
  await promotionRuns.start(next);
  return { app, promotion: id, attempt: next.attempt };
};
