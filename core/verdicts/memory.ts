import type { ContainerObservation, PodObservation, ServiceObservation } from './observation.ts';
import type { Memory, Progress } from './verdict.ts';

/** Pulling goes through all of these, also between two tries. */
const pullErrors = new Set(['ErrImagePull', 'ImagePullBackOff']);
const betweenTries = new Set(['', 'ContainerCreating', 'PodInitializing']);

export const conditions = {
  running: (pod: string, { name, restarts }: { name: string; restarts: number }): string =>
    // A restart begins a new run: the count is part of the condition.
    `running ${pod}/${name}#${restarts}`,
  /** The errors of a pull take turns: they are one condition. */
  waiting: (pod: string, container: string, reason: string): string =>
    `waiting ${pod}/${container} ${pullErrors.has(reason) ? 'pull' : reason}`,
  unschedulable: (pod: string): string => `unschedulable ${pod}`,
  /** These two stay once they have been seen. */
  wasReady: (pod: string): string => `ready ${pod}`,
  scaleUp: (pod: string): string => `scale-up ${pod}`,
  refused: (service: string): string => `refused ${service}`,
};

/** For how long a condition has held. */
export const heldFor = ({ clock, since }: Memory, condition: string): number =>
  clock - (since[condition] ?? clock);

/** A container that has been ready for so long is over its earlier exits. */
const recovered = 60_000;

export const containerKey = (pod: string, container: string): string => `${pod}/${container}`;

/** Adds one look at the cluster, `elapsed` milliseconds after the last one. */
export const remember = (
  memory: Memory,
  observations: readonly ServiceObservation[],
  elapsed: number
): Memory => {
  const clock = memory.clock + elapsed;
  // Who leaves frees a place: until then a lack of room is nobody's fault.
  const isRoomComing = observations.some((it) => it.leaving > 0);
  const held = new Set(observations.flatMap((it) => conditionsOf(it, { memory, isRoomComing })));
  const since = Object.fromEntries(
    [...held].map((condition) => [condition, memory.since[condition] ?? clock])
  );
  const progress = Object.fromEntries(
    observations.map((it) => [it.service, progressOf(memory.progress[it.service], it, clock)])
  );
  const forgiven = forgive({ ...memory, clock, since }, observations);
  return { clock, since, progress, forgiven };
};

interface Past {
  readonly memory: Memory;
  readonly isRoomComing: boolean;
}

const conditionsOf = (
  { service, deployment, fresh }: ServiceObservation,
  past: Past
): readonly string[] => [
  ...(isRefused(deployment, past) ? [conditions.refused(service)] : []),
  ...fresh.flatMap((pod) => podConditions(pod, past)),
];

const isRefused = (deployment: ServiceObservation['deployment'], { isRoomComing }: Past): boolean =>
  deployment?.isCurrent === true &&
  deployment.replicaFailure !== undefined &&
  !(isRoomComing && isQuota(deployment.replicaFailure));

/** Whether a refusal to create pods is for want of room. */
export const isQuota = (refusal: string): boolean => /quota/i.test(refusal);

const podConditions = (pod: PodObservation, { memory, isRoomComing }: Past): readonly string[] => [
  ...lasting(conditions.wasReady(pod.name), pod.isReady, memory),
  ...lasting(conditions.scaleUp(pod.name), pod.scaleUp === true, memory),
  ...(pod.unschedulable && !isRoomComing ? [conditions.unschedulable(pod.name)] : []),
  ...pod.containers.flatMap((it) => [
    ...(it.isRunning ? [conditions.running(pod.name, it)] : []),
    ...waitingConditions(pod.name, it, memory),
  ]),
];

const lasting = (condition: string, isSo: boolean, { since }: Memory): readonly string[] =>
  isSo || since[condition] !== undefined ? [condition] : [];

const waitingConditions = (
  pod: string,
  { name, waiting }: ContainerObservation,
  { since }: Memory
): readonly string[] => {
  if (!waiting) return [];
  const pull = conditions.waiting(pod, name, 'ErrImagePull');
  const isPullGoingOn = betweenTries.has(waiting.reason) && since[pull] !== undefined;
  return [conditions.waiting(pod, name, waiting.reason), ...(isPullGoingOn ? [pull] : [])];
};

/** Higher is better. Only a new best is progress: ups and downs for ever are none. */
const reached = ({ deployment, fresh, old }: ServiceObservation): readonly number[] => [
  deployment?.updated ?? 0,
  fresh.filter((it) => it.isReady).length,
  fresh.filter((it) => it.phase === 'Running').length,
  -old.length,
  fresh.filter((it) => it.scaleUp).length,
];

const progressOf = (
  last: Progress | undefined,
  observation: ServiceObservation,
  clock: number
): Progress => {
  const now = reached(observation);
  const wanted = last?.wanted ?? wantedAtFirst(observation);
  if (!last) return { best: now, at: clock, wanted };
  const best = now.map((it, index) => Math.max(it, last.best[index] ?? it));
  return best.some((it, index) => it !== last.best[index])
    ? { best, at: clock, wanted }
    : { ...last, wanted };
};

const wantedAtFirst = ({ deployment }: ServiceObservation): number | undefined =>
  deployment?.isCurrent ? deployment.desired : undefined;

const forgive = (
  memory: Memory,
  observations: readonly ServiceObservation[]
): Readonly<Record<string, number>> =>
  Object.fromEntries(
    observations
      .flatMap(({ fresh }) => fresh.flatMap((pod) => pod.containers.map((it) => ({ pod, it }))))
      .map(({ pod, it }): [string, number] => {
        const key = containerKey(pod.name, it.name);
        const isWell = it.isReady && heldFor(memory, conditions.running(pod.name, it)) >= recovered;
        return [key, isWell ? it.exits : (memory.forgiven[key] ?? 0)];
      })
      .filter(([, exits]) => exits > 0)
  );
