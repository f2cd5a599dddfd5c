import { type KubernetesObject, objectKey } from '../../kubernetes/object.ts';
import { annotations } from '../../rendering/labels.ts';
import { liveObjects } from './live-objects.ts';
import type { PromotionSession } from './session.ts';

/**
 * What this promotion has made and the release before does not have, in the order of creation.
 * Anything without its mark was there before. The namespace stays: evidence and volumes are in it.
 */
export const ownObjects = async ({
  deps,
  run,
  plan,
}: PromotionSession): Promise<readonly KubernetesObject[]> => {
  const keep = new Set((plan.previous?.objects ?? []).map(objectKey));
  const live = await liveObjects(deps, run.app);
  return [...live.values()].filter(
    (it) =>
      it.kind !== 'Namespace' &&
      !it.metadata.deletionTimestamp &&
      it.metadata.annotations?.[annotations.createdBy] === run.promotion &&
      !keep.has(objectKey(it))
  );
};
