import { hasStatus } from '../../kubernetes/cluster-error.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import type { PromotionSession } from './session.ts';

/** Controllers write to a Deployment several times a second while it rolls. */
const tries = 8;

/**
 * Removes exactly this object while the app is ours. A writer that has lost it gets 409 for what a
 * later holder has written, and is told so; what was made anew under the name stays.
 * @throws SupersededError, ClusterError.
 */
export const removeObject = async (
  session: PromotionSession,
  object: KubernetesObject
): Promise<void> => {
  const { cluster } = session.deps;
  const { namespace, name, uid } = object.metadata;
  let live: KubernetesObject | undefined = object;
  for (let left = tries; live && live.metadata.uid === uid; left--) {
    await session.renew();
    try {
      return await cluster.remove(live, { asRead: true });
    } catch (error) {
      if (left === 1 || !hasStatus(error, 409)) throw error;
      live = await cluster.get(object.kind, namespace, name);
    }
  }
};
