import { documentKeys } from '../../documents/ports.ts';
import { isOfCluster } from '../../kubernetes/cluster-error.ts';
import { type KubernetesObject, objectKey } from '../../kubernetes/object.ts';
import { objectLabels } from '../../rendering/labels.ts';
import { keepCopy } from '../engine/keep-copy.ts';
import type { EngineDependencies, Run, TaskResult } from '../engine/run.ts';
import { PromotionSession } from '../engine/session.ts';

type Live = ReadonlyMap<string, KubernetesObject>;

/** The point of no return: the release becomes the active one, unless a cancel came first. */
export const activate = async (deps: EngineDependencies, run: Run): Promise<TaskResult> => {
  const session = await PromotionSession.resume(deps, run);
  const { rendered } = session.plan;
  const live = await session.takeLive();
  const rescued = await findRescued(session, live);
  if (rescued) return overtaken(session, rescued);
  // Written before, so that an active release is never without the form a rollback needs.
  await deps.documents.write(documentKeys.rendered(run.app, rendered.release), rendered);
  if ((await deps.records.activate(session.hold, rendered.release)) === 'cancelled') {
    const failure = { reason: 'Cancelled', cause: 'cancelled by request' };
    return session.goTo('RecordEvidence', { failure });
  }
  // Until the copy is there this state is repeated: activating again changes nothing.
  await tryToKeepCopy(session, live);
  return session.goTo('Prune');
};

/**
 * `rackless rescue` works without the table. Its mark is a fence above ours: what it has put back
 * is not what was watched, so this release must not be called active.
 */
const findRescued = async (
  { deps, run, plan, hold }: PromotionSession,
  live: Live
): Promise<string | undefined> => {
  const app = await deps.apps.find(run.app);
  if (app?.active === plan.rendered.release) return undefined;
  return plan.rendered.objects.map(objectKey).find((key) => {
    const fence = live.get(key)?.metadata.labels?.[objectLabels.fence];
    return Number(fence ?? 0) > hold.fence;
  });
};

const overtaken = (session: PromotionSession, key: string): Promise<TaskResult> => {
  const cause = `${key} was put back by a rescue during the rollout`;
  session.say('verdict', `system/rackless/verdict Rescued: ${cause}`);
  return session.goTo('RecordEvidence', { failure: { reason: 'Rescued', cause } });
};

/** The copy is for emergencies: a cluster that refuses it, or is away, does not hold up a good promotion. */
const tryToKeepCopy = async (session: PromotionSession, live: Live): Promise<void> => {
  try {
    await keepCopy(session, live);
  } catch (error) {
    if (!isOfCluster(error)) throw error;
    session.say('status', `system/rackless/active copy not kept in the cluster: ${error.message}`);
  }
};
