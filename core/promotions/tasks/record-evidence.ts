import { documentKeys } from '../../documents/ports.ts';
import { ClusterError, ClusterUnreachableError } from '../../kubernetes/cluster-error.ts';
import { gatherEvidence } from '../engine/gather-evidence.ts';
import type { EngineDependencies, Run, TaskResult } from '../engine/run.ts';
import { PromotionSession } from '../engine/session.ts';

/** Evidence may keep the rollback waiting for this long, not longer. */
const patience = 3_000;

/** Keeps what can be seen of the failure before the rollback removes it. */
export const recordEvidence = async (deps: EngineDependencies, run: Run): Promise<TaskResult> => {
  const session = await PromotionSession.resume(deps, run);
  const { failure } = session.checkpoint;
  await deps.records.change(session.hold, { status: 'rolling-back', ...failure });
  session.sayStatus(failure?.reason === 'Cancelled' ? 'Cancelled' : 'Error');
  const kept = await Promise.race([keep(session), deps.sleep(patience).then(() => false)]);
  session.say('evidence', `system/rackless/evidence ${kept ? 'kept' : 'incomplete'}`);
  return session.goTo('Rollback');
};

const keep = async (session: PromotionSession): Promise<boolean> => {
  try {
    const evidence = await gatherEvidence(session);
    const { app, promotion } = session.run;
    await session.deps.documents.write(documentKeys.evidence(app, promotion), evidence);
    return true;
  } catch (error) {
    // Going back matters more than knowing why.
    if (error instanceof ClusterError || error instanceof ClusterUnreachableError) return false;
    throw error;
  }
};
