import { namespaceOf } from '../../apps/app.ts';
import { objectKey } from '../../kubernetes/object.ts';
import type { RenderedRelease } from '../../rendering/rendered-release.ts';
import type { ServiceObservation } from '../../verdicts/observation.ts';
import { requireStaying } from './apply-release.ts';
import type { PromotionCheckpoint } from './checkpoint.ts';
import { liveObjects } from './live-objects.ts';
import type { PromotionSession } from './session.ts';

/** Whoever deletes an object more often than this in one promotion means it. */
const limit = 3;

/** A Deployment that is gone while its release is being watched: a watch sees it at once. */
export const lacksDeployment = (observations: readonly ServiceObservation[]): boolean =>
  observations.some((it) => !it.deployment);

/**
 * What somebody has deleted of a release while it was being promoted, by `Kind/name`.
 * @throws UnavailableError while the namespace is on its way out: all that is in it goes too.
 */
export const missingObjects = async (
  session: PromotionSession,
  { objects }: RenderedRelease
): Promise<readonly string[]> => {
  const { deps, run } = session;
  const live = await liveObjects(deps, run.app);
  session.live = live;
  requireStaying(live.get(`Namespace/${namespaceOf(deps.rack, run.app)}`));
  return objects.map(objectKey).filter((it) => !live.has(it));
};

/** Counts that deleted objects are put back, and tells it; undefined when that has been enough. */
export const putBackOnceMore = (
  session: PromotionSession,
  missing: readonly string[]
): Pick<PromotionCheckpoint, 'putBack'> | undefined => {
  const putBack = (session.checkpoint.putBack ?? 0) + 1;
  if (putBack > limit) return undefined;
  session.say(
    'status',
    `system/rackless/watch deleted by somebody, put back: ${missing.join(', ')}`
  );
  return { putBack };
};

/** Why a promotion ends that somebody works against. */
export const deletedText = (missing: readonly string[]): string =>
  `${missing.join(', ')} deleted by somebody, more than ${limit} times`;
