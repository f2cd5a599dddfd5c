import { DomainError } from '../../errors.ts';
import {
  type ClusterError,
  ClusterSilentError,
  ClusterUnreachableError,
  isRefusedAccess,
} from '../../kubernetes/cluster-error.ts';
import type { EngineDependencies, Resume, Run, TaskResult } from './run.ts';
import { PromotionSession } from './session.ts';

/** The first wait; each further one is twice as long, up to the longest. Seconds. */
const shortestWait = 5;
const longestWait = 60;

/**
 * Runs a task; a cluster that does not answer, or does not know the rack any more, turns into
 * waiting: nothing is held meanwhile, and the same state is tried again. Abandoning frees the app
 * without the cluster.
 */
export const patiently = async (
  task: (deps: EngineDependencies, run: Run) => Promise<TaskResult>,
  deps: EngineDependencies,
  { run, state }: { readonly run: Run; readonly state: Resume }
): Promise<TaskResult> => {
  try {
    return await task(deps, run);
  } catch (error) {
    const why = waitingFor(error);
    if (why === undefined || run.fence === undefined) throw error;
    // What the task did not get to keep is not to be relied upon.
    PromotionSession.letGo(deps);
    const session = await PromotionSession.resume(deps, run);
    const known = error instanceof ClusterSilentError ? session.checkpoint.waiting?.why : undefined;
    return wait(session, { resume: state, why: known ?? why });
  }
};

/** What time or an admin mends, and no release can: no answer, credentials or rights that don't do. */
export const waitingFor = (error: unknown): string | undefined => {
  if (!(error instanceof DomainError) || error.kind !== 'unavailable') return undefined;
  if (isRefusedAccess(error)) return refusedText(error);
  const what = error.message.replace(/^the cluster /, '');
  if (error instanceof ClusterUnreachableError) return `${what}: waiting for it`;
  return `can't be used: ${what}: waiting until that is over`;
};

const refusedText = ({ message, missing, hint }: ClusterError): string => {
  const until = missing ? 'an admin grants it' : 'its credentials are mended';
  return `refuses the rack (${message}): waiting until ${until}${hint ? `; ${hint}` : ''}`;
};

/** Says that the promotion waits and why, unless somebody has given the app up. */
const wait = async (
  session: PromotionSession,
  { resume, why }: { readonly resume: Resume; readonly why: string }
): Promise<TaskResult> => {
  const stop = await session.renew();
  const isUntouched = resume === 'Prepare' || resume === 'Preflight';
  if (stop === 'abandon' || (stop && isUntouched)) return giveUp(session, isUntouched);
  const { waiting } = session.checkpoint;
  const tries = waiting?.tries ?? 0;
  if (waiting?.why !== why) session.say('status', `system/rackless/cluster ${why}`);
  await session.save({ waiting: { why, tries: tries + 1 } });
  if (waiting?.why !== why) {
    await session.deps.records.change(session.hold, { status: 'waiting', waiting: why });
  }
  const waitSeconds = Math.min(shortestWait * 2 ** tries, longestWait);
  return { ...session.run, fence: session.hold.fence, next: 'Wait', resume, waitSeconds };
};

const giveUp = (session: PromotionSession, isUntouched: boolean): Promise<TaskResult> => {
  session.checkpoint = { ...session.checkpoint, waiting: undefined };
  const before = session.checkpoint.failure;
  const cause = `given up while the cluster was out of reach${before ? `; before: ${before.cause}` : ''}`;
  const failure = isUntouched
    ? { reason: 'Cancelled', cause: 'cancelled before anything was changed' }
    : { reason: 'Abandoned', cause };
  return session.goTo(isUntouched ? 'Refused' : 'Degraded', { failure });
};
