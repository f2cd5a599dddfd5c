import { type KubernetesObject, objectKey } from '../../kubernetes/object.ts';
import { annotations } from '../../rendering/labels.ts';
import type { PromotionSession } from './session.ts';

/**
 * What this promotion has made and the release before does not have, in the order of creation.
 * Anything without its mark was there before. The namespace stays: evidence and volumes are in it.
 */
export const ownObjects = async (
  session: PromotionSession
): Promise<readonly KubernetesObject[]> => {
  const { run, plan } = session;
  const keep = new Set((plan.previous?.objects ?? []).map(objectKey));
  const live = await session.takeLive();
  return [...live.values()].filter(
    (it) =>
      it.kind !== 'Namespace' &&
      !it.metadata.deletionTimestamp &&
      it.metadata.annotations?.[annotations.createdBy] === run.promotion &&
      !keep.has(objectKey(it))
  );
};
