import type { ServiceObservation } from './observation.ts';

interface Before {
  readonly ready: number;
}

/**
 * What each service still waits for until it is as before: as many ready processes of the old
 * template as there were, and none of the failed one. Empty text: it is there. A service that was
 * sick before need not be well after.
 */
export const judgeRestored = (
  observations: readonly ServiceObservation[],
  before: Readonly<Record<string, Before>>
): Readonly<Record<string, string>> =>
  Object.fromEntries(
    observations.map((it) => [it.service, missing(it, before[it.service]?.ready ?? 0)])
  );

const missing = ({ deployment, fresh, old }: ServiceObservation, readyBefore: number): string => {
  if (old.length > 0) return `${old.length} processes of the failed release to leave`;
  if (!deployment) return readyBefore > 0 ? 'its Deployment to be there' : '';
  if (!deployment.isCurrent) return 'the rollout to begin';
  const wanted = Math.min(readyBefore, deployment.desired);
  const ready = fresh.filter((it) => it.isReady).length;
  return ready < wanted ? `${ready} of ${wanted} processes are ready again` : '';
};
