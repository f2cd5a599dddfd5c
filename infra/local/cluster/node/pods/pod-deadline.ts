import type { Clock } from '../clock.ts';
import type { Pod } from '../wire-objects.ts';

/** What the kubelet writes into the status of a pod that ran for too long. */
export const deadlineFailure = {
  reason: 'DeadlineExceeded',
  message: 'Pod was active on the node longer than the specified deadline',
};

/** Resolves with true when the pod's `activeDeadlineSeconds` are over, with false when `signal` aborts before. */
export const deadlinePassed = async (
  pod: Pod,
  clock: Clock,
  signal: AbortSignal
): Promise<boolean> => {
  const { activeDeadlineSeconds } = pod.spec ?? {};
  if (activeDeadlineSeconds === undefined) {
    return false;
  }
  const startTime = Date.parse(pod.status?.startTime ?? '') || clock.now();
  await clock.sleep(startTime + activeDeadlineSeconds * 1000 - clock.now(), signal);
  return !signal.aborted;
};
