import type { PodObservation, ServiceObservation } from './observation.ts';
import type { Memory } from './verdict.ts';

export const conditions = {
  running: (pod: string, container: string): string => `running ${pod}/${container}`,
  waiting: (pod: string, container: string, reason: string): string =>
    `waiting ${pod}/${container} ${reason}`,
  unschedulable: (pod: string): string => `unschedulable ${pod}`,
  /** Stays once it has been seen. */
  wasReady: (pod: string): string => `ready ${pod}`,
  refused: (service: string): string => `refused ${service}`,
};

/** Adds one look at the cluster, `elapsed` milliseconds after the last one. */
export const remember = (
  memory: Memory,
  observations: readonly ServiceObservation[],
  elapsed: number
): Memory => {
  const clock = memory.clock + elapsed;
  const held = new Set(observations.flatMap((it) => conditionsOf(it, memory)));
  const since = Object.fromEntries(
    [...held].map((condition) => [condition, memory.since[condition] ?? clock])
  );
  const progress = Object.fromEntries(
    observations.map((it) => {
      const mark = progressMark(it);
      const last = memory.progress[it.service];
      return [it.service, last?.mark === mark ? last : { mark, at: clock }];
    })
  );
  return { clock, since, progress };
};

const conditionsOf = (
  { service, deployment, fresh }: ServiceObservation,
  memory: Memory
): readonly string[] => [
  ...(deployment?.replicaFailure ? [conditions.refused(service)] : []),
  ...fresh.flatMap((pod) => podConditions(pod, memory)),
];

const podConditions = (pod: PodObservation, { since }: Memory): readonly string[] => [
  ...(pod.isReady || since[conditions.wasReady(pod.name)] !== undefined
    ? [conditions.wasReady(pod.name)]
    : []),
  ...(pod.unschedulable ? [conditions.unschedulable(pod.name)] : []),
  // A restart begins a new run: the count is part of the condition.
  ...pod.containers.flatMap((it) => [
    ...(it.isRunning ? [conditions.running(pod.name, `${it.name}#${it.restarts}`)] : []),
    ...(it.waiting ? [conditions.waiting(pod.name, it.name, it.waiting.reason)] : []),
  ]),
];

/** Changes when a rollout gets on: more new processes, more ready ones, fewer old ones. */
const progressMark = ({ deployment, fresh, old }: ServiceObservation): string =>
  [
    deployment?.updated ?? 0,
    fresh.filter((it) => it.isReady).length,
    fresh.filter((it) => it.phase === 'Running').length,
    old.length,
  ].join('/');
