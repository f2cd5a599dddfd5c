import type { PodObservation, ServiceObservation } from './observation.ts';
import type { RecordedChange, RecordedPod } from './recording.ts';

/** A service as the looks so far have left it. */
interface Seen {
  readonly deployment: ServiceObservation['deployment'] | null;
  readonly leaving: number;
  readonly pods: Readonly<Record<string, RecordedPod>>;
}

export type RecordedState = ReadonlyMap<string, Seen>;

const nothing: Seen = { deployment: null, leaving: 0, pods: {} };

/** What is new in an observation; undefined when nothing is. */
export const changeOf = (
  state: RecordedState,
  observation: ServiceObservation
): RecordedChange | undefined => {
  const before = state.get(observation.service) ?? nothing;
  const now = seenOf(observation);
  const pods = {
    ...Object.fromEntries(
      Object.keys(before.pods)
        .filter((it) => !(it in now.pods))
        .map((it) => [it, null])
    ),
    ...Object.fromEntries(
      Object.entries(now.pods).filter(([it, pod]) => !same(pod, before.pods[it]))
    ),
  };
  const change = {
    ...(!same(now.deployment, before.deployment) && { deployment: now.deployment ?? null }),
    ...(now.leaving !== before.leaving && { leaving: now.leaving }),
    ...(Object.keys(pods).length > 0 && { pods }),
  };
  return Object.keys(change).length > 0 || !state.has(observation.service) ? change : undefined;
};

export const applyChanges = (
  state: RecordedState,
  changes: Readonly<Record<string, RecordedChange>>
): RecordedState =>
  new Map([
    ...state,
    ...Object.entries(changes).map(([service, change]): [string, Seen] => [
      service,
      applyChange(state.get(service) ?? nothing, change),
    ]),
  ]);

const applyChange = (before: Seen, { deployment, leaving, pods = {} }: RecordedChange): Seen => ({
  deployment: deployment === undefined ? before.deployment : deployment,
  leaving: leaving ?? before.leaving,
  pods: Object.fromEntries(
    Object.entries({ ...before.pods, ...pods }).flatMap(([name, pod]) => (pod ? [[name, pod]] : []))
  ),
});

/** The state of one service as the engine observed it. */
export const observed = (service: string, state: RecordedState): ServiceObservation => {
  const { deployment, leaving, pods } = state.get(service) ?? nothing;
  const all = Object.entries(pods);
  const named = ([name, { isOld: _, ...pod }]: [string, RecordedPod]): PodObservation => ({
    name,
    ...pod,
  });
  return {
    service,
    deployment: deployment ?? undefined,
    fresh: all.filter(([, it]) => !it.isOld).map(named),
    old: all.filter(([, it]) => it.isOld).map(named),
    leaving,
  };
};

const seenOf = ({ deployment, leaving, fresh, old }: ServiceObservation): Seen => ({
  deployment: deployment ?? null,
  leaving,
  pods: Object.fromEntries([
    ...fresh.map(({ name, ...pod }) => [name, withoutOutput(pod)]),
    ...old.map(({ name, ...pod }) => [name, { ...withoutOutput(pod), isOld: true }]),
  ]),
});

/** Longer than what is kept in the end: what is cut here may end in half a secret. */
const longestText = 2_000;

/** Texts are the runtime's. What a process wrote as its last words is its own, and not needed. */
const withoutOutput = (pod: RecordedPod): RecordedPod => ({
  ...pod,
  containers: pod.containers.map((it) => ({
    ...it,
    lastExit: it.lastExit && {
      ...it.lastExit,
      message: isStartError(it.lastExit.reason) ? it.lastExit.message.slice(0, longestText) : '',
    },
    waiting: it.waiting && { ...it.waiting, message: it.waiting.message.slice(0, longestText) },
  })),
});

const isStartError = (reason: string): boolean =>
  reason === 'StartError' || reason === 'ContainerCannotRun';

const same = (one: unknown, other: unknown): boolean =>
  JSON.stringify(one) === JSON.stringify(other);
