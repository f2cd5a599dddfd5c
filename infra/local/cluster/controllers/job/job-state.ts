import { type Job, type Pod, read } from '../../wire.ts';
import type { Tools } from '../controller.ts';
import { isControlledBy } from '../create-object.ts';
import { isActive, isReady, isTerminating } from '../pod-state.ts';

/** A Job's pods, counted. */
export interface JobPods {
  readonly active: readonly Pod[];
  readonly ready: number;
  readonly terminating: number;
  readonly succeeded: number;
  readonly failed: number;
  /** When the last pod failed, in ms; 0 when none did. */
  readonly lastFailure: number;
}

const phaseIs =
  (phase: string) =>
  ({ status }: Pod): boolean =>
    status?.phase === phase;

const endOf = ({ status }: Pod): number =>
  Math.max(
    0,
    ...(status?.containerStatuses ?? []).map(({ state }) =>
      Date.parse(state?.terminated?.finishedAt ?? '1970-01-01T00:00:00Z')
    )
  );

export const podsOf = (job: Job, { store }: Tools): JobPods => {
  const pods = store
    .list('pods', { namespace: job.metadata?.namespace })
    .map((object) => read<Pod>(object))
    .filter((pod) => isControlledBy(pod, job));
  const failed = pods.filter(phaseIs('Failed'));
  const active = pods.filter(isActive);
  return {
    active,
    ready: active.filter(isReady).length,
    terminating: pods.filter((pod) => isTerminating(pod) && !phaseIs('Failed')(pod)).length,
    succeeded: pods.filter(phaseIs('Succeeded')).length,
    failed: failed.length,
    lastFailure: Math.max(0, ...failed.map(endOf)),
  };
};

export const isFinished = ({ status }: Job): boolean =>
  (status?.conditions ?? []).some(
    ({ type, status: value }) => ['Complete', 'Failed'].includes(type) && value === 'True'
  );

const restartsOf = (pods: readonly Pod[]): number =>
  pods
    .flatMap(({ status }) => status?.containerStatuses ?? [])
    .reduce((sum, { restartCount }) => sum + restartCount, 0);

export interface Ending {
  readonly outcome: 'Complete' | 'Failed';
  readonly reason: string;
  readonly message: string;
}

const isPastBackoff = ({ spec }: Job, { failed, active }: JobPods): boolean => {
  const limit = spec?.backoffLimit ?? 6;
  const restarts = spec?.template.spec?.restartPolicy === 'OnFailure' ? restartsOf(active) : 0;
  return failed > limit || (restarts > 0 && restarts >= Math.max(1, limit));
};

/** Milliseconds until the Job's own deadline; undefined when it has none or has not started. */
export const untilDeadline = ({ spec, status }: Job, now: Date): number | undefined => {
  const { activeDeadlineSeconds: seconds } = spec ?? {};
  return seconds === undefined || status?.startTime === undefined
    ? undefined
    : Date.parse(status.startTime) + seconds * 1000 - now.getTime();
};

/** Whether and how the Job is over. */
export const endingOf = (job: Job, pods: JobPods, now: Date): Ending | undefined => {
  if (isPastBackoff(job, pods)) {
    return {
      outcome: 'Failed',
      reason: 'BackoffLimitExceeded',
      message: 'Job has reached the specified backoff limit',
    };
  }
  if ((untilDeadline(job, now) ?? 1) <= 0) {
    return {
      outcome: 'Failed',
      reason: 'DeadlineExceeded',
      message: 'Job was active longer than specified deadline',
    };
  }
  const wanted = job.spec?.completions;
  const done =
    wanted === undefined
      ? pods.succeeded > 0 && pods.active.length === 0
      : pods.succeeded >= wanted;
  return done
    ? {
        outcome: 'Complete',
        reason: 'CompletionsReached',
        message: 'Reached expected number of succeeded pods',
      }
    : undefined;
};
