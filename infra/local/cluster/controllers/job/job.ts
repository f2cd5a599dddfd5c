import { StatusError } from '../../status-error.ts';
import { timestamp } from '../../timestamp.ts';
import { type Job, type Pod, read, stored } from '../../wire.ts';
import { withCondition } from '../conditions.ts';
import type { ControllerSpec, ObjectKey, Tools } from '../controller.ts';
import { controllerOf } from '../create-object.ts';
import { createPod } from '../create-pod.ts';
import { deletePod } from '../delete-pods.ts';
import { withoutZeros } from '../without-zeros.ts';
import {
  type Ending,
  endingOf,
  isFinished,
  type JobPods,
  podsOf,
  untilDeadline,
} from './job-state.ts';

type Status = NonNullable<Job['status']>;

/** After each failed pod the next one waits twice as long, from 10 s to 10 minutes. */
const firstBackoffMs = 10_000;
const longestBackoffMs = 600_000;
const refusedRetryMs = 5000;

const backoffLeft = ({ failed, lastFailure }: JobPods, now: Date): number => {
  const wait = Math.min(firstBackoffMs * 2 ** (failed - 1), longestBackoffMs);
  return failed === 0 ? 0 : Math.max(0, lastFailure + wait - now.getTime());
};

const missingPods = ({ spec }: Job, { active, succeeded }: JobPods): number => {
  const parallelism = spec?.parallelism ?? 1;
  const left = spec?.completions === undefined ? parallelism : spec.completions - succeeded;
  return Math.max(0, Math.min(parallelism, left) - active.length);
};

const startPod = (job: Job, { store, events, again }: Tools): void => {
  try {
    const pod = createPod(store, job, job.spec?.template ?? {});
    const message = `Created pod: ${pod.metadata?.name}`;
    events.record(stored(job), { type: 'Normal', reason: 'SuccessfulCreate', message });
  } catch (error) {
    if (!(error instanceof StatusError)) {
      throw error;
    }
    const message = `Error creating: ${error.message}`;
    events.record(stored(job), { type: 'Warning', reason: 'FailedCreate', message });
    again(refusedRetryMs);
  }
};

const startPods = (job: Job, pods: JobPods, tools: Tools): void => {
  const wait = backoffLeft(pods, tools.now());
  const missing = missingPods(job, pods);
  if (missing > 0 && wait > 0) {
    tools.again(wait + 10);
    return;
  }
  for (let made = 0; made < missing; made++) {
    startPod(job, tools);
  }
};

const writeStatus = (job: Job, status: Partial<Status>, tools: Tools): void => {
  const { namespace, name = '' } = job.metadata ?? {};
  tools.store.modify('jobs', { namespace, name }, (object) => {
    const latest = read<Job>(object);
    return stored({ ...latest, status: { ...latest.status, ...status } } as Job);
  });
};

const countsOf = (job: Job, tools: Tools): Partial<Status> => {
  const { active, ready, terminating, succeeded, failed } = podsOf(job, tools);
  const running = withoutZeros({ active: active.length, succeeded, failed });
  return { ...running, ready, terminating, uncountedTerminatedPods: {} };
};

const conditionsFor = (job: Job, ending: Ending, now: string): Status['conditions'] => {
  const { outcome, reason, message } = ending;
  const first = outcome === 'Complete' ? 'SuccessCriteriaMet' : 'FailureTarget';
  return [first, outcome].reduce((conditions, type) => {
    const condition = { type, status: 'True', reason, message, lastProbeTime: now };
    return withCondition(conditions, condition, now);
  }, job.status?.conditions ?? []);
};

const eventFor = ({ outcome, reason, message }: Ending) =>
  outcome === 'Complete'
    ? ({ type: 'Normal', reason: 'Completed', message: 'Job completed' } as const)
    : ({ type: 'Warning', reason, message } as const);

const finish = (job: Job, ending: Ending, tools: Tools): void => {
  const { store, events, now } = tools;
  const pods = podsOf(job, tools);
  for (const pod of pods.active) {
    deletePod(store, pod);
  }
  const time = String(timestamp(now()));
  const { active: _, ...status } = job.status ?? {};
  const counts = countsOf(job, tools);
  const object = store.get('jobs', job.metadata?.namespace, job.metadata?.name ?? '');
  if (object === undefined) {
    return;
  }
  store.update(
    'jobs',
    stored({
      ...read<Job>(object),
      status: {
        ...status,
        ...counts,
        ...(ending.outcome === 'Complete' ? { completionTime: time } : {}),
        conditions: conditionsFor(job, ending, time),
      },
    } as Job)
  );
  events.record(stored(job), eventFor(ending));
};

/** A finished Job with a time to live goes with its pods when that is over. */
const expire = (job: Job, { store, now, again }: Tools): void => {
  const seconds = job.spec?.ttlSecondsAfterFinished;
  if (seconds === undefined) {
    return;
  }
  const ends = (job.status?.conditions ?? []).map(({ lastTransitionTime = '' }) =>
    Date.parse(lastTransitionTime)
  );
  const left = Math.max(0, ...ends) + seconds * 1000 - now().getTime();
  if (left > 0) {
    again(left + 10);
  } else {
    store.remove('jobs', job.metadata?.namespace, job.metadata?.name ?? '');
  }
};

const suspend = (job: Job, pods: JobPods, tools: Tools): void => {
  for (const pod of pods.active) {
    deletePod(tools.store, pod);
  }
  writeStatus(job, countsOf(job, tools), tools);
};

const advance = (job: Job, tools: Tools): void => {
  const now = tools.now();
  if (job.status?.startTime === undefined) {
    writeStatus(job, { startTime: String(timestamp(now)) }, tools);
  }
  startPods(job, podsOf(job, tools), tools);
  writeStatus(job, countsOf(job, tools), tools);
  const left = untilDeadline(job, now);
  if (left !== undefined) {
    tools.again(left + 10);
  }
};

const reconcile = ({ namespace, name }: ObjectKey, tools: Tools): void => {
  const object = tools.store.get('jobs', namespace, name);
  if (object === undefined || object.metadata?.deletionTimestamp !== undefined) {
    return;
  }
  const job = read<Job>(object);
  const pods = podsOf(job, tools);
  const ending = endingOf(job, pods, tools.now());
  if (isFinished(job)) {
    expire(job, tools);
  } else if (ending !== undefined) {
    finish(job, ending, tools);
  } else if (job.spec?.suspend === true) {
    suspend(job, pods, tools);
  } else {
    advance(job, tools);
  }
};

/** Runs pods until enough of them have succeeded or too many have failed. */
export const jobController: ControllerSpec = {
  name: 'job-controller',
  resource: 'jobs',
  watches: {
    pods: (object) => {
      const owner = controllerOf(read<Pod>(object));
      return owner?.kind === 'Job'
        ? [{ namespace: object.metadata?.namespace, name: owner.name }]
        : [];
    },
  },
  reconcile,
};
