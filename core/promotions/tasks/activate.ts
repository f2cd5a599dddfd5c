import { documentKeys } from '../../documents/ports.ts';
import { isOfCluster } from '../../kubernetes/cluster-error.ts';
import { managers } from '../../rendering/labels.ts';
import { activeCopy } from '../engine/active-copy.ts';
import { renderedWithValues } from '../engine/render-release.ts';
import type { EngineDependencies, Run, TaskResult } from '../engine/run.ts';
import { PromotionSession } from '../engine/session.ts';

/** The point of no return: the release becomes the active one, unless a cancel came first. */
export const activate = async (deps: EngineDependencies, run: Run): Promise<TaskResult> => {
  const session = await PromotionSession.resume(deps, run);
  const { rendered } = session.plan;
  // Written before, so that an active release is never without the form a rollback needs.
  await deps.documents.write(documentKeys.rendered(run.app, rendered.release), rendered);
  if ((await deps.records.activate(session.hold, rendered.release)) === 'cancelled') {
    const failure = { reason: 'Cancelled', cause: 'cancelled by request' };
    return session.goTo('RecordEvidence', { failure });
  }
  await session.save({ state: 'Prune' });
  await keepCopy(session);
  return session.goTo('Prune');
};

/** The copy is for emergencies: a cluster that refuses it, or is away, does not hold up a good promotion. */
const keepCopy = async (session: PromotionSession): Promise<void> => {
  const { deps, run, plan, hold } = session;
  const rendered = await renderedWithValues(deps, run.app, plan.rendered);
  const object = activeCopy({ rack: deps.rack, app: run.app }, rendered, hold);
  try {
    // The one object that is applied as it is: it only ever says what has just become true.
    await deps.cluster.apply(object, { fieldManager: managers.main, force: true });
  } catch (error) {
    if (!isOfCluster(error)) throw error;
    session.say('status', `system/rackless/active copy not kept in the cluster: ${error.message}`);
  }
};
