import { ClusterError, hasStatus } from '../../kubernetes/cluster-error.ts';
import { applyRelease, isRefusal, type Refusal } from '../engine/apply-release.ts';
import { renderedWithValues } from '../engine/render-release.ts';
import type { EngineDependencies, Run, TaskResult } from '../engine/run.ts';
import { PromotionSession } from '../engine/session.ts';

/** Writes the release's objects. Any no of the API server from here on leads to the rollback. */
export const apply = async (deps: EngineDependencies, run: Run): Promise<TaskResult> => {
  const session = await PromotionSession.resume(deps, run);
  const { plan } = session;
  session.sayStatus('Updating');
  // Kept before the first write: whoever takes over must know that there may be something to undo.
  await session.save({ state: 'Apply' });
  try {
    const rendered = await renderedWithValues(deps, run.app, plan.rendered);
    await applyRelease(session, { rendered, replicasOf: replicasOf(session), force: false });
  } catch (error) {
    if (!isFinal(error)) throw error;
    const reason = error instanceof ClusterError ? `Cluster${error.reason}` : error.code;
    return session.goTo('RecordEvidence', { failure: { reason, cause: error.message } });
  }
  return session.goTo('Watch');
};

/** Preflight had access: 403 is an admission's or a quota's no, and only 401 may be mended. */
const isFinal = (error: unknown): error is Refusal => isRefusal(error) || hasStatus(error, 403);

/** A count that the manifest changes is carried out; one that it leaves alone keeps any later scale. */
const replicasOf =
  ({ plan }: PromotionSession) =>
  (service: string) => {
    const count = plan.rendered.services.find((it) => it.name === service)?.count ?? 1;
    const last = plan.previous?.services.find((it) => it.name === service)?.count;
    return { create: count, change: last !== undefined && last !== count ? count : undefined };
  };
