import { documentKeys } from '../../documents/ports.ts';
import { gatherEvidence } from '../engine/gather-evidence.ts';
import type { EngineDependencies, Run, TaskResult } from '../engine/run.ts';
import { PromotionSession } from '../engine/session.ts';

/** Evidence may keep the rollback waiting for this long, not longer; milliseconds. */
const patience = 3_000;

/** Keeps what can be seen of the failure before the rollback removes it. */
export const recordEvidence = async (deps: EngineDependencies, run: Run): Promise<TaskResult> => {
  const session = await PromotionSession.resume(deps, run);
  const { failure } = session.checkpoint;
  await deps.records.change(session.hold, { status: 'rolling-back', ...failure });
  session.sayStatus(failure?.reason === 'Cancelled' ? 'Cancelled' : 'Error');
  const { evidence, said } = await keep(session);
  session.say('evidence', `system/rackless/evidence ${said}`);
  return session.goTo('Rollback', { evidence });
};

/** All that is written is the document, and before the rollback begins. */
const keep = async (session: PromotionSession) => {
  const { app, promotion } = session.run;
  const found = await gatherEvidence(session, patience);
  const evidence = found.missing.length === 0 ? ('complete' as const) : ('incomplete' as const);
  try {
    await session.deps.documents.write(documentKeys.evidence(app, promotion), found);
    return { evidence, said: evidence === 'complete' ? 'kept' : evidence };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { evidence: 'incomplete' as const, said: `not kept: ${why}` };
  }
};
