import type { EngineDependencies, Run, TaskResult } from '../engine/run.ts';
import { PromotionSession } from '../engine/session.ts';
import type { Outcome } from '../promotion.ts';

/** Convox's words for the app after each end. */
const shownAfter: Readonly<Record<Outcome, string>> = {
  Promoted: 'Running',
  RolledBack: 'Reverted',
  Reverted: 'Reverted',
  Refused: 'Error',
  Degraded: 'Failure',
};

/** Records the one end of the promotion and frees the app. */
export const settle =
  (outcome: Outcome) =>
  async (deps: EngineDependencies, run: Run): Promise<TaskResult> => {
    // A retry after the answer was lost: the app is free already.
    const isRetry = !PromotionSession.isCarried(deps);
    if (isRetry && (await isSettled(deps, run, outcome))) return { ...run, next: outcome };
    const session = await PromotionSession.resume(deps, run);
    session.sayStatus(shownAfter[outcome]);
    const { reason = '', cause = '' } =
      outcome === 'Promoted' ? {} : (session.checkpoint.failure ?? {});
    await session.settle({ outcome, reason, cause });
    return { ...run, next: outcome };
  };

const isSettled = async (
  { records }: EngineDependencies,
  { app, promotion }: Run,
  outcome: Outcome
): Promise<boolean> => (await records.find(app, promotion))?.status === outcome;
