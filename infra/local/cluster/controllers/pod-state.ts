import type { Pod } from '../wire.ts';

export const isOver = ({ status }: Pod): boolean =>
  ['Succeeded', 'Failed'].includes(status?.phase ?? '');

export const isTerminating = ({ metadata }: Pod): boolean =>
  metadata?.deletionTimestamp !== undefined;

export const isActive = (pod: Pod): boolean => !(isOver(pod) || isTerminating(pod));

const readyCondition = ({ status }: Pod) =>
  status?.conditions?.find(({ type, status: value }) => type === 'Ready' && value === 'True');

export const isReady = (pod: Pod): boolean => readyCondition(pod) !== undefined;

/** Milliseconds until a pod counts as available: 0 when it does, undefined when it is not ready. */
export const untilAvailable = (
  pod: Pod,
  minReadySeconds: number,
  now: Date
): number | undefined => {
  const condition = readyCondition(pod);
  if (condition === undefined) {
    return undefined;
  }
  const since = Date.parse(condition.lastTransitionTime ?? now.toISOString());
  return minReadySeconds === 0 ? 0 : Math.max(0, since + minReadySeconds * 1000 - now.getTime());
};

const restarts = ({ status }: Pod): number =>
  Math.max(0, ...(status?.containerStatuses ?? []).map(({ restartCount }) => restartCount));

const phaseRank = ({ status }: Pod): number => (status?.phase === 'Running' ? 1 : 0);

/**
 * Which of two pods goes first when there are too many: unassigned, pending, unready, restarted and
 * young ones (the order of the real ReplicaSet controller).
 */
export const firstToGo = (a: Pod, b: Pod): number =>
  Number(a.spec?.nodeName !== undefined) - Number(b.spec?.nodeName !== undefined) ||
  phaseRank(a) - phaseRank(b) ||
  Number(isReady(a)) - Number(isReady(b)) ||
  restarts(b) - restarts(a) ||
  Date.parse(b.metadata?.creationTimestamp ?? '') - Date.parse(a.metadata?.creationTimestamp ?? '');
