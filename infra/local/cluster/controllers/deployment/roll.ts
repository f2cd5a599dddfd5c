import type { MemoryStore } from '../../memory-store.ts';
import { type Deployment, type Pod, type ReplicaSet, read } from '../../wire.ts';
import type { Tools } from '../controller.ts';
import { isControlledBy } from '../create-object.ts';
import { isOver } from '../pod-state.ts';
import { boundsOf } from './bounds.ts';
import { createCurrent, currentSize } from './current-replica-set.ts';
import { type ReplicaSets, replicasOf, sum } from './replica-sets.ts';
import { scaleTo } from './scale.ts';

/** How often a Recreate looks whether the old pods are gone. */
const waitMs = 100;

const availableOf = ({ status }: ReplicaSet): number => status?.availableReplicas ?? 0;

const shrink = (
  deployment: Deployment,
  cut: {
    readonly sets: readonly ReplicaSet[];
    readonly most: number;
    /** How many of a set's pods may go. */
    readonly from: (set: ReplicaSet) => number;
  },
  tools: Tools
): number => {
  let left = cut.most;
  for (const set of cut.sets) {
    const count = Math.min(left, cut.from(set));
    if (count > 0) {
      scaleTo(deployment, { set, replicas: replicasOf(set) - count }, tools);
      left -= count;
    }
  }
  return cut.most - left;
};

/** Pods of old templates that are not available go first: they serve nobody. */
const removeUnhealthy = (
  deployment: Deployment,
  { current, old, all }: ReplicaSets,
  tools: Tools
): number => {
  const { least } = boundsOf(deployment);
  const starting = current === undefined ? 0 : replicasOf(current) - availableOf(current);
  const most = Math.max(0, sum(all, replicasOf) - least - starting);
  const from = (set: ReplicaSet): number => Math.max(0, replicasOf(set) - availableOf(set));
  return shrink(deployment, { sets: old, most, from }, tools);
};

const removeAvailable = (
  deployment: Deployment,
  { old, all }: ReplicaSets,
  tools: Tools
): number => {
  const { least } = boundsOf(deployment);
  const most = Math.max(0, sum(all, availableOf) - least);
  return shrink(deployment, { sets: old, most, from: replicasOf }, tools);
};

/** One step of a rolling update: first up, as far as the surge allows, then down. */
export const rollingUpdate = (deployment: Deployment, sets: ReplicaSets, tools: Tools): void => {
  const { current } = sets;
  if (current === undefined) {
    createCurrent(deployment, sets, tools);
    return;
  }
  const replicas = currentSize(deployment, sets);
  const scaled = scaleTo(deployment, { set: current, replicas }, tools);
  if (!scaled && removeUnhealthy(deployment, sets, tools) === 0) {
    removeAvailable(deployment, sets, tools);
  }
};

const hasPods = (sets: readonly ReplicaSet[], store: MemoryStore): boolean =>
  store
    .list('pods', { namespace: sets[0]?.metadata?.namespace })
    .map((object) => read<Pod>(object))
    .some((pod) => !isOver(pod) && sets.some((set) => isControlledBy(pod, set)));

/** One step of a Recreate: everything old has to be gone before anything new starts. */
export const recreate = (deployment: Deployment, sets: ReplicaSets, tools: Tools): void => {
  const { current, old } = sets;
  const most = sum(old, replicasOf);
  if (shrink(deployment, { sets: old, most, from: replicasOf }, tools) > 0) {
    return;
  }
  if (old.length > 0 && hasPods(old, tools.store)) {
    // Nothing that the Deployment watches changes when the last of them goes.
    tools.again(waitMs);
    return;
  }
  if (current === undefined) {
    createCurrent(deployment, sets, tools);
  } else {
    scaleTo(deployment, { set: current, replicas: boundsOf(deployment).replicas }, tools);
  }
};
