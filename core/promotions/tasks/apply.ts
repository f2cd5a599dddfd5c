import { ClusterError } from '../../kubernetes/cluster-error.ts';
import { applyRelease, isRefusal } from '../engine/apply-release.ts';
import type { EngineDependencies, Run, TaskResult } from '../engine/run.ts';
import { PromotionSession } from '../engine/session.ts';

/**
 * Writes the release's objects. From here on a definite no of the API server, such as a quota's or an
 * admission's, leads to the rollback; missing rights are waited for.
 */
export const apply = async (deps: EngineDependencies, run: Run): Promise<TaskResult> => {
  const session = await PromotionSession.resume(deps, run);
  session.sayStatus('Updating');
  // Kept before the first write: whoever takes over must know that there may be something to undo.
  await session.save({ state: 'Apply' });
  try {
    await applyRelease(session, {
      rendered: await session.renderedWithValues(),
      replicasOf: replicasOf(session),
      force: session.forceConflicts,
    });
  } catch (error) {
    if (!isRefusal(error)) throw error;
    const reason = error instanceof ClusterError ? `Cluster${error.reason}` : error.code;
    return session.goTo('RecordEvidence', { failure: { reason, cause: error.message } });
  }
  return session.goTo('Watch');
};

/** A count that the manifest changes is carried out; one that it leaves alone keeps any later scale. */
const replicasOf =
  ({ plan }: PromotionSession) =>
  (service: string) => {
    const count = plan.rendered.services.find((it) => it.name === service)?.count ?? 1;
    const last = plan.previous?.services.find((it) => it.name === service)?.count;
    return { create: count, change: last !== undefined && last !== count ? count : undefined };
  };
