import type { Pod, PodStatus } from './pod.ts';

/** Convox's words for how a process stands. */
export type ProcessStatus =
  | 'pending'
  | 'starting'
  | 'running'
  | 'unhealthy'
  | 'crashed'
  | 'complete'
  | 'failed'
  | 'stopping'
  | 'unknown';

const ofPhase: Readonly<Record<string, ProcessStatus>> = {
  Pending: 'pending',
  Running: 'running',
  Succeeded: 'complete',
  Failed: 'failed',
};

const startingReasons = new Set(['ContainersNotReady', 'PodInitializing', 'ContainerCreating']);

/**
 * Convox's mapping, and `stopping` for one that is on its way out, which Convox calls running. A pod
 * that has ended is not ready either, and that says nothing about it.
 */
export const processStatus = ({ metadata, status = {} }: Pod): ProcessStatus => {
  const phase = ofPhase[status.phase ?? ''] ?? 'unknown';
  if (phase === 'complete' || phase === 'failed') return phase;
  return metadata.deletionTimestamp ? 'stopping' : wellBeing(phase, status);
};

const wellBeing = (phase: ProcessStatus, status: PodStatus): ProcessStatus => {
  const waiting = status.containerStatuses?.[0]?.state?.waiting;
  if (waiting?.reason === 'CrashLoopBackOff') return 'crashed';
  const unready = status.conditions?.find((it) => it.type === 'Ready' && it.status === 'False');
  if (!unready) return phase;
  return startingReasons.has(unready.reason ?? '') ? 'starting' : 'unhealthy';
};
