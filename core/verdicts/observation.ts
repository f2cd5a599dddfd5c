import type { KubernetesObject } from '../kubernetes/object.ts';

/** What the cluster shows of one service, cut down to what a verdict needs. */
export interface ServiceObservation {
  readonly service: string;
  /** Undefined when the Deployment is not there. */
  readonly deployment: DeploymentObservation | undefined;
  /** Pods of the wanted template that are neither being deleted nor over as a whole. */
  readonly fresh: readonly PodObservation[];
  /** Pods of other templates, likewise. */
  readonly old: readonly PodObservation[];
  /** Pods of any template that are being deleted: they still hold their place on a node. */
  readonly leaving: number;
}

export interface DeploymentObservation {
  readonly desired: number;
  /** The controller has seen the last change; its status speaks of it. */
  readonly isCurrent: boolean;
  readonly updated: number;
  readonly total: number;
  readonly available: number;
  /** The controller can't create pods: quota, admission, policy. */
  readonly replicaFailure: string | undefined;
}

export interface PodObservation {
  readonly name: string;
  readonly phase: string;
  readonly isReady: boolean;
  /** Why the scheduler has no node for it. */
  readonly unschedulable: string | undefined;
  /** An autoscaler has said that a node for it is on its way. */
  readonly scaleUp?: true;
  /** The pod's own end: evicted, node gone, deadline. */
  readonly failure: string | undefined;
  readonly containers: readonly ContainerObservation[];
}

export interface ContainerObservation {
  readonly name: string;
  readonly isInit: boolean;
  readonly isRunning: boolean;
  readonly isReady: boolean;
  readonly restarts: number;
  /** Ends that were seen, the first included. For an init container only the failed ones. */
  readonly exits: number;
  readonly lastExit:
    | { readonly code: number; readonly reason: string; readonly message: string }
    | undefined;
  readonly waiting: { readonly reason: string; readonly message: string } | undefined;
}

interface RawPod {
  readonly spec?: { readonly containers?: readonly { readonly name: string }[] };
  readonly status?: {
    readonly phase?: string;
    readonly reason?: string;
    readonly message?: string;
    readonly conditions?: readonly Condition[];
    readonly containerStatuses?: readonly RawContainer[];
    readonly initContainerStatuses?: readonly RawContainer[];
  };
}

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
}

interface Terminated {
  readonly exitCode: number;
  readonly reason?: string;
  readonly message?: string;
}

interface RawContainer {
  readonly name: string;
  readonly ready?: boolean;
  readonly restartCount?: number;
  readonly state?: ContainerState;
  readonly lastState?: ContainerState;
}

interface ContainerState {
  readonly running?: object;
  readonly waiting?: { readonly reason?: string; readonly message?: string };
  readonly terminated?: Terminated;
}

export const observePod = (pod: KubernetesObject): PodObservation => {
  const { status = {} } = pod as RawPod;
  const scheduled = status.conditions?.find((it) => it.type === 'PodScheduled');
  return {
    name: pod.metadata.name,
    phase: status.phase ?? 'Pending',
    isReady: status.conditions?.some((it) => it.type === 'Ready' && it.status === 'True') ?? false,
    unschedulable:
      scheduled?.reason === 'Unschedulable' ? (scheduled.message ?? 'no node fits') : undefined,
    failure: status.phase === 'Failed' ? (status.reason ?? 'Failed') : undefined,
    containers: [
      ...(status.initContainerStatuses ?? []).map((it) => observeContainer(it, true)),
      ...(status.containerStatuses ?? []).map((it) => observeContainer(it, false)),
    ],
  };
};

const observeContainer = (raw: RawContainer, isInit: boolean): ContainerObservation => ({
  name: raw.name,
  isInit,
  isRunning: raw.state?.running !== undefined,
  isReady: raw.ready ?? false,
  restarts: raw.restartCount ?? 0,
  exits: exitsOf(raw, isInit),
  lastExit: lastExitOf(raw.state?.terminated ?? raw.lastState?.terminated),
  waiting: raw.state?.waiting && { reason: '', message: '', ...raw.state.waiting },
});

const lastExitOf = (exit: Terminated | undefined): ContainerObservation['lastExit'] =>
  exit && { code: exit.exitCode, reason: exit.reason ?? '', message: exit.message ?? '' };

/** Each restart stands for an exit before it; one more if the container is down now. */
const exitsOf = ({ state, lastState, restartCount = 0 }: RawContainer, isInit: boolean): number => {
  const down = state?.terminated ?? (state?.running ? undefined : lastState?.terminated);
  if (isInit && state?.terminated?.exitCode === 0) return 0;
  return restartCount + (down ? 1 : 0);
};

interface RawDeployment {
  readonly spec?: { readonly replicas?: number };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly replicas?: number;
    readonly updatedReplicas?: number;
    readonly availableReplicas?: number;
    readonly conditions?: readonly Condition[];
  };
}

export const observeDeployment = (object: KubernetesObject): DeploymentObservation => {
  const { spec, status = {} } = object as RawDeployment;
  const failure = status.conditions?.find(
    (it) => it.type === 'ReplicaFailure' && it.status === 'True'
  );
  return {
    desired: spec?.replicas ?? 1,
    isCurrent: (status.observedGeneration ?? 0) >= (object.metadata.generation ?? 0),
    updated: status.updatedReplicas ?? 0,
    total: status.replicas ?? 0,
    available: status.availableReplicas ?? 0,
    replicaFailure: failure && (failure.message ?? failure.reason ?? 'FailedCreate'),
  };
};
