import { SupersededError } from '../../errors.ts';
import { ClusterUnreachableError } from '../../kubernetes/cluster-error.ts';
import type { EngineDependencies, Resume, Run, TaskResult } from './run.ts';
import { PromotionSession } from './session.ts';

const waitSeconds = 10;

/**
 * Runs a task; a cluster that does not answer turns into waiting: nothing is held meanwhile, and
 * the same state is tried again. Abandoning frees the app without the cluster.
 */
export const patiently = async (
  task: (deps: EngineDependencies, run: Run) => Promise<TaskResult>,
  deps: EngineDependencies,
  { run, state }: { readonly run: Run; readonly state: Resume }
): Promise<TaskResult> => {
  try {
    return await task(deps, run);
  } catch (error) {
    if (!(error instanceof ClusterUnreachableError)) throw error;
    if (run.fence === undefined) return { ...run, next: 'Wait', resume: state, waitSeconds };
    return unreachable(await PromotionSession.resume(deps, run), state);
  }
};

/** Says that the promotion waits, unless somebody has given the app up. */
export const unreachable = async (
  session: PromotionSession,
  resume: Resume
): Promise<TaskResult> => {
  if ((await session.renew()) === 'abandon') {
    const failure = { reason: 'Abandoned', cause: 'given up while the cluster was out of reach' };
    return session.goTo('Degraded', { failure });
  }
  const { records } = session.deps;
  const promotion = await records.find(session.run.app, session.run.promotion);
  if (!promotion) throw new SupersededError(`promotion ${session.run.promotion} is gone`);
  if (promotion.status !== 'waiting') {
    session.say('status', 'system/rackless/cluster does not answer: waiting for it');
    await session.save();
    await records.change(session.hold, { status: 'waiting' });
  }
  return { ...session.run, fence: session.hold.fence, next: 'Wait', resume, waitSeconds };
};
