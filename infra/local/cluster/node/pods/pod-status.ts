import { kubernetesTime } from '../clock.ts';
import type { ContainerStatus, Pod, PodCondition, PodStatus } from '../wire-objects.ts';

export interface PodFacts {
  readonly pod: Pod;
  readonly init: readonly ContainerStatus[];
  readonly containers: readonly ContainerStatus[];
  /** Volumes and ports are there, so containers may start. */
  readonly sandboxReady: boolean;
  readonly terminating: boolean;
  /** Ends the pod whatever its containers did, as a deadline does. */
  readonly failure?: { readonly reason: string; readonly message: string } | undefined;
  readonly now: number;
}

type Condition = Pick<PodCondition, 'type' | 'status'> & { reason?: string; message?: string };

const succeeded = ({ state }: ContainerStatus): boolean => state?.terminated?.exitCode === 0;
const hasStopped = ({ state, lastState }: ContainerStatus): boolean =>
  state?.terminated !== undefined ||
  (state?.running === undefined && lastState?.terminated !== undefined);

/** A pod that has ended stays so. */
export const isEnded = (phase: string): boolean => phase === 'Succeeded' || phase === 'Failed';

const restartPolicyOf = (pod: Pod): string => pod.spec?.restartPolicy ?? 'Always';

const endPhase = (pod: Pod, containers: readonly ContainerStatus[]): string => {
  const policy = restartPolicyOf(pod);
  if (policy === 'Always') {
    return 'Running';
  }
  if (containers.every(succeeded)) {
    return 'Succeeded';
  }
  return policy === 'Never' ? 'Failed' : 'Running';
};

const initPhase = (pod: Pod, init: readonly ContainerStatus[]): string | undefined => {
  const failed = init.some(({ state }) => (state?.terminated?.exitCode ?? 0) !== 0);
  if (failed && restartPolicyOf(pod) === 'Never') {
    return 'Failed';
  }
  return init.every(succeeded) ? undefined : 'Pending';
};

/** The kubelet's rule: from what every container is doing to the pod's phase. */
export const podPhase = ({ pod, init, containers, failure }: PodFacts): string => {
  const { phase: before = '' } = pod.status ?? {};
  if (isEnded(before)) {
    return before;
  }
  const early = failure === undefined ? initPhase(pod, init) : 'Failed';
  if (early !== undefined) {
    return early;
  }
  if (containers.some((status) => status.state?.running === undefined && !hasStopped(status))) {
    return 'Pending';
  }
  const anyRunning = containers.some(({ state }) => state?.running !== undefined);
  return anyRunning ? 'Running' : endPhase(pod, containers);
};

const namesOf = (statuses: readonly ContainerStatus[]): string =>
  statuses.map(({ name }) => name).join(' ');

const initializedCondition = ({ init }: PodFacts, phase: string): Condition => {
  const incomplete = init.filter((status) => !succeeded(status));
  if (phase === 'Succeeded') {
    return { type: 'Initialized', status: 'True', reason: 'PodCompleted' };
  }
  return incomplete.length === 0
    ? { type: 'Initialized', status: 'True' }
    : {
        type: 'Initialized',
        status: 'False',
        reason: 'ContainersNotInitialized',
        message: `containers with incomplete status: [${namesOf(incomplete)}]`,
      };
};

const readyCondition = (type: string, { containers }: PodFacts, phase: string): Condition => {
  if (phase === 'Succeeded') {
    return { type, status: 'False', reason: 'PodCompleted' };
  }
  if (phase === 'Failed') {
    return { type, status: 'False', reason: 'PodFailed' };
  }
  const unready = containers.filter(({ ready }) => !ready);
  return unready.length === 0
    ? { type, status: 'True' }
    : {
        type,
        status: 'False',
        reason: 'ContainersNotReady',
        message: `containers with unready status: [${namesOf(unready)}]`,
      };
};

/** Keeps the time of a condition that did not change. */
const stamp = (condition: Condition, { pod, now }: PodFacts): PodCondition => {
  const before = pod.status?.conditions?.find(({ type }) => type === condition.type);
  const unchanged = before?.status === condition.status;
  return {
    ...condition,
    ...(pod.metadata?.generation === undefined
      ? {}
      : { observedGeneration: pod.metadata.generation }),
    lastTransitionTime: (unchanged ? before.lastTransitionTime : undefined) ?? kubernetesTime(now),
  };
};

const conditionsOf = (facts: PodFacts, phase: string): PodCondition[] => {
  const own: Condition[] = [
    {
      type: 'PodReadyToStartContainers',
      status: facts.sandboxReady && !isEnded(phase) ? 'True' : 'False',
    },
    initializedCondition(facts, phase),
    readyCondition('Ready', facts, phase),
    readyCondition('ContainersReady', facts, phase),
  ];
  const types = new Set(own.map(({ type }) => type));
  const others = (facts.pod.status?.conditions ?? []).filter(({ type }) => !types.has(type));
  return [...own.map((condition) => stamp(condition, facts)), ...others];
};

/** A pod that is on its way out gets no more traffic. */
const withReadiness = (facts: PodFacts): PodFacts =>
  facts.terminating
    ? { ...facts, containers: facts.containers.map((status) => ({ ...status, ready: false })) }
    : facts;

/** The whole status of a pod that has a node. Fields that others own stay. */
export const podStatus = (given: PodFacts): PodStatus => {
  const facts = withReadiness(given);
  const { pod, init, containers, failure, sandboxReady, now } = facts;
  const phase = podPhase(facts);
  const address = sandboxReady ? { podIP: '127.0.0.1', podIPs: [{ ip: '127.0.0.1' }] } : {};
  return {
    ...pod.status,
    ...(pod.metadata?.generation === undefined
      ? {}
      : { observedGeneration: pod.metadata.generation }),
    phase,
    ...failure,
    conditions: conditionsOf(facts, phase),
    hostIP: '127.0.0.1',
    hostIPs: [{ ip: '127.0.0.1' }],
    ...address,
    startTime: pod.status?.startTime ?? kubernetesTime(now),
    ...(init.length === 0 ? {} : { initContainerStatuses: [...init] }),
    containerStatuses: [...containers],
    qosClass: pod.status?.qosClass ?? qosClass(pod),
  };
};

const qosClass = ({ spec }: Pod): string => {
  const all = [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])];
  const amounts = all.map(({ resources }) => ({
    requests: resources?.requests ?? {},
    limits: resources?.limits ?? {},
  }));
  const used = ({ requests, limits }: (typeof amounts)[number]): boolean =>
    Object.keys({ ...requests, ...limits }).length > 0;
  if (!amounts.some(used)) {
    return 'BestEffort';
  }
  const guaranteed = amounts.every(({ requests, limits }) =>
    ['cpu', 'memory'].every(
      (name) => limits[name] !== undefined && (requests[name] ?? limits[name]) === limits[name]
    )
  );
  return guaranteed ? 'Guaranteed' : 'Burstable';
};
