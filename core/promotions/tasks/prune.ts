import { ClusterUnreachableError, isOfCluster } from '../../kubernetes/cluster-error.ts';
import { type KubernetesObject, objectKey } from '../../kubernetes/object.ts';
import type { RenderedRelease } from '../../rendering/rendered-release.ts';
import { activeCopyName } from '../engine/active-copy.ts';
import { liveObjects } from '../engine/live-objects.ts';
import { removeObject } from '../engine/remove-object.ts';
import type { EngineDependencies, Run, TaskResult } from '../engine/run.ts';
import { PromotionSession } from '../engine/session.ts';

/**
 * Removes what the active release does not have. The last step, and never a reason to fail: what
 * is left over is pruned by the next promotion. Secrets of the release before stay for a rollback.
 */
export const prune = async (deps: EngineDependencies, run: Run): Promise<TaskResult> => {
  const session = await PromotionSession.resume(deps, run);
  try {
    await removePatiently(session);
  } catch (error) {
    // Nothing waits here for long for a cluster that is away: the release is active already.
    if (!isOfCluster(error)) throw error;
    session.say('status', `system/rackless/prune left something over: ${error.message}`);
  }
  return session.goTo('Promoted');
};

/** A blip must not leave a service of the release before running until the next promotion. */
const tries = 4;
const pause = 2_000;

const removePatiently = async (session: PromotionSession): Promise<void> => {
  for (let left = tries; ; left--) {
    try {
      return await removeLeftovers(session);
    } catch (error) {
      if (left === 1 || !(error instanceof ClusterUnreachableError)) throw error;
    }
    await session.deps.sleep(pause);
  }
};

const removeLeftovers = async (session: PromotionSession): Promise<void> => {
  const { deps, run, plan } = session;
  const keep = keptBy(plan.rendered, plan.previous);
  for (const [key, object] of await liveObjects(deps, run.app)) {
    if (keep.has(key)) continue;
    await removeObject(session, object);
    session.say('status', `system/rackless/prune removed ${key}`);
  }
};

const keptBy = (
  rendered: RenderedRelease,
  previous: RenderedRelease | undefined
): ReadonlySet<string> =>
  new Set([
    `Secret/${activeCopyName}`,
    ...rendered.objects.map(objectKey),
    ...(previous?.objects ?? []).filter(isSecret).map(objectKey),
  ]);

const isSecret = ({ kind }: KubernetesObject): boolean => kind === 'Secret';
