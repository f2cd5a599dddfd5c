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
  | { readonly state: 'built'; readonly digest: string }
  | { readonly state: 'failed'; readonly reason: string; readonly isOfSource: boolean };

interface JobLook {
  readonly job: KubernetesObject | undefined;
  /** The youngest one, if any. */
  readonly pod: KubernetesObject | undefined;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly services: readonly string[];
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
    (pod && (ended(pod, look) ?? stuck(pod, look))) ??
    (look.job ? jobFailed(look.job, pod) : failed('the build job has disappeared')) ??
    running
  );
};

const ended = (pod: PodObservation, { services }: JobLook): JobVerdict | undefined => {
  const [context, builder] = [containers.context, containers.builder].map((name) =>
    pod.containers.find((it) => it.name === name && it.exits > 0)
  );
  if (context) return failed(`the source could not be fetched: ${lastWords(context)}`);
  if (builder?.lastExit) return builderEnded(builder.lastExit, pod, services);
  if (pod.failure) return failed(`the build was stopped by the cluster: ${pod.failure}`);
  return undefined;
};

type Exit = NonNullable<ContainerObservation['lastExit']>;

const builderEnded = (
  { code, reason, message }: Exit,
  pod: PodObservation,
  services: readonly string[]
): JobVerdict => {
  const digest = /sha256:[0-9a-f]{64}/.exec(message)?.[0];
  if (code === 0 && digest) return { state: 'built', digest };
  if (code === 0) return failed('the builder pushed an image but did not report its digest');
  if (reason === 'OOMKilled') {
    return failed('the build ran out of memory: raise the memory of builds in the rack');
  }
  if (pod.failure && pod.failure !== 'Failed') {
    return failed(`the build was stopped by the cluster: ${pod.failure}`);
  }
  return failed(`the build of ${services.join(', ')} failed with exit code ${code}`, true);
};

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

interface JobStatus {
  readonly status?: {
    readonly conditions?: readonly {
      readonly type: string;
      readonly status: string;
      readonly reason?: string;
      readonly message?: string;
    }[];
  };
}

const jobFailed = (
  job: KubernetesObject,
  pod: PodObservation | undefined
): JobVerdict | undefined => {
  const { conditions = [] } = (job as JobStatus).status ?? {};
  const end = conditions.find(({ type, status }) => status === 'True' && ends.has(type));
  if (!end) return undefined;
  if (end.reason === 'DeadlineExceeded') return failed('the build took longer than it may');
  if (!pod) return failed('the pod of the build has disappeared');
  return failed(`the build job ended: ${end.message ?? end.reason ?? end.type}`);
};

const ends = new Set(['Failed', 'Complete']);
