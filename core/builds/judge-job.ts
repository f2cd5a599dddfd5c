import type { KubernetesObject } from '../kubernetes/object.ts';
import {
  type ContainerObservation,
  observePod,
  type PodObservation,
} from '../verdicts/observation.ts';
import { containers } from './job-object.ts';

/** How a Job of a build stands. */
export type JobVerdict =
  | { readonly state: 'running' }
  | { readonly state: 'built'; readonly digest: string; readonly builder: string }
  | { readonly state: 'failed'; readonly reason: string; readonly isOfSource: boolean };

interface JobLook {
  readonly job: KubernetesObject | undefined;
  /** The youngest one, if any. */
  readonly pod: KubernetesObject | undefined;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** What it does: `the build of web, worker`. */
  readonly what: string;
}

/** A node may have to be started first. */
const schedulingGrace = 5 * 60_000;

const running: JobVerdict = { state: 'running' };

/** `isOfSource`: the builder itself said no, so that its log tells why. */
const failed = (reason: string, isOfSource = false): JobVerdict => ({
  state: 'failed',
  reason,
  isOfSource,
});

/** Says as early as it is certain that an image is built or will not be. */
export const judgeJob = (look: JobLook): JobVerdict => {
  const pod = look.pod && observePod(look.pod);
  return (
    (look.job && overtime(look.job)) ??
    (look.pod && stopped(look.pod, look.now)) ??
    (pod && (ended(pod, look) ?? stuck(pod, look))) ??
    (look.job ? jobFailed(look.job, pod) : failed('the build job has disappeared')) ??
    running
  );
};

const ended = (pod: PodObservation, look: JobLook): JobVerdict | undefined => {
  const [context, builder] = [containers.context, containers.builder].map((name) =>
    pod.containers.find((it) => it.name === name && it.exits > 0 && !isKilledWithPod(it, look))
  );
  if (context) return failed(`the source could not be fetched: ${lastWords(context)}`);
  if (builder?.lastExit) return builderEnded(builder.lastExit, look.what);
  return undefined;
};

/** Whoever deletes the pod kills its containers: their exit codes tell nothing, the Job tells soon. */
const isKilledWithPod = ({ lastExit }: ContainerObservation, { pod }: JobLook): boolean =>
  pod?.metadata.deletionTimestamp !== undefined && (lastExit?.code ?? 0) > signalled;

/** Exit codes of programs that a signal has ended. */
const signalled = 128;

type Exit = NonNullable<ContainerObservation['lastExit']>;

const builderEnded = ({ code, reason, message }: Exit, what: string): JobVerdict => {
  const digest = /sha256:[0-9a-f]{64}/.exec(message)?.[0];
  if (code === 0 && digest) {
    return { state: 'built', digest, builder: message.replace(digest, '').trim() };
  }
  if (code === 0) return failed('the builder pushed an image but did not report its digest');
  if (reason === 'OOMKilled') {
    return failed('the build ran out of memory: raise the memory of builds in the rack');
  }
  if (code > signalled) {
    return failed(`the builder was killed by signal ${code - signalled}: build again`);
  }
  return failed(`${what} failed with exit code ${code}`, true);
};

/** What the cluster itself says about an end that it brought about: eviction, preemption, a lost node. */
const stopped = (pod: KubernetesObject, now: number): JobVerdict | undefined => {
  const { phase, reason, message, conditions = [] } = (pod as PodStatus).status ?? {};
  const disruption = conditions.find((it) => it.type === 'DisruptionTarget');
  const words = [reason ?? disruption?.reason, message ?? disruption?.message]
    .map((it) => it?.trim())
    .filter(Boolean);
  const isStopped = (phase === 'Failed' && reason) || disruption?.status === 'True';
  if (isStopped) return failed(`the build was stopped by the cluster: ${words.join(': ')}`);
  const end = Date.parse(pod.metadata.deletionTimestamp ?? '');
  if (!(end + deletionGrace < now)) return undefined;
  return failed('the pod of the build was deleted, and its node does not answer');
};

/** A kubelet that is there removes a pod at its deletion time. */
const deletionGrace = 60_000;

const lastWords = ({ lastExit }: ContainerObservation): string =>
  lastExit?.message.trim().split('\n').at(-1) || `exit code ${lastExit?.code ?? '?'}`;

const stuck = (pod: PodObservation, look: JobLook): JobVerdict | undefined => {
  const waiting = pod.containers.map((it) => it.waiting).find((it) => it && isFatal(it));
  if (waiting) return failed(`the builder can't start: ${waiting.message || waiting.reason}`);
  const age = look.now - Date.parse(look.pod?.metadata.creationTimestamp ?? '');
  if (!pod.unschedulable || age < schedulingGrace) return undefined;
  return failed(`no node can run the build: ${pod.unschedulable}`);
};

const fatal = new Set([
  'ImagePullBackOff',
  'InvalidImageName',
  'ErrImageNeverPull',
  'CreateContainerConfigError',
  'CreateContainerError',
]);

/** A pull that failed once is tried again; a second failure, or a clear no, is enough. */
const isFatal = ({ reason, message }: { reason: string; message: string }): boolean =>
  fatal.has(reason) ||
  (reason === 'ErrImagePull' && /not found|denied|unauthorized|no match/i.test(message));

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
}

interface JobStatus {
  readonly status?: { readonly conditions?: readonly Condition[] };
}

interface PodStatus {
  readonly status?: {
    readonly phase?: string;
    readonly reason?: string;
    readonly message?: string;
    readonly conditions?: readonly Condition[];
  };
}

const conditionsOf = (job: KubernetesObject): readonly Condition[] =>
  ((job as JobStatus).status?.conditions ?? []).filter(({ status }) => status === 'True');

/** Newer clusters say so before the pod is gone. */
const overtime = (job: KubernetesObject): JobVerdict | undefined =>
  conditionsOf(job).some(({ reason }) => reason === 'DeadlineExceeded')
    ? failed('the build took longer than it may: raise the deadline of builds in the rack')
    : undefined;

const jobFailed = (
  job: KubernetesObject,
  pod: PodObservation | undefined
): JobVerdict | undefined => {
  const end = conditionsOf(job).find(({ type }) => ends.has(type));
  if (!end) return undefined;
  if (!pod) return failed('the pod of the build was deleted: build again');
  return failed(`the build job ended: ${end.message ?? end.reason ?? end.type}`);
};

const ends = new Set(['Failed', 'Complete']);
