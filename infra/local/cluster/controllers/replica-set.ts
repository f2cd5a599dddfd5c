import { StatusError } from '../status-error.ts';
import { timestamp } from '../timestamp.ts';
import { type Pod, type ReplicaSet, read, stored } from '../wire.ts';
import { withCondition, withoutCondition } from './conditions.ts';
import type { ControllerSpec, ObjectKey, Tools } from './controller.ts';
import { controllerOf, isControlledBy } from './create-object.ts';
import { createPod } from './create-pod.ts';
import { deletePod } from './delete-pods.ts';
import { firstToGo, isActive, isReady, untilAvailable } from './pod-state.ts';
import { withoutZeros } from './without-zeros.ts';

interface ManageResult {
  readonly failure: string | undefined;
}

const createPods = (set: ReplicaSet, count: number, { store, events }: Tools): ManageResult => {
  const object = stored(set);
  for (let made = 0; made < count; made++) {
    try {
      const pod = createPod(store, set, set.spec?.template ?? {});
      const message = `Created pod: ${pod.metadata?.name}`;
      events.record(object, { type: 'Normal', reason: 'SuccessfulCreate', message });
    } catch (error) {
      if (!(error instanceof StatusError)) {
        throw error;
      }
      const message = `Error creating: ${error.message}`;
      events.record(object, { type: 'Warning', reason: 'FailedCreate', message });
      return { failure: error.message };
    }
  }
  return { failure: undefined };
};

const deletePods = (set: ReplicaSet, pods: readonly Pod[], { store, events }: Tools): void => {
  for (const pod of pods) {
    deletePod(store, pod);
    const message = `Deleted pod: ${pod.metadata?.name}`;
    events.record(stored(set), { type: 'Normal', reason: 'SuccessfulDelete', message });
  }
};

const manage = (set: ReplicaSet, active: readonly Pod[], tools: Tools): ManageResult => {
  const missing = (set.spec?.replicas ?? 1) - active.length;
  if (missing > 0) {
    return createPods(set, missing, tools);
  }
  deletePods(set, [...active].sort(firstToGo).slice(0, -missing), tools);
  return { failure: undefined };
};

const podsOf = (set: ReplicaSet, { store }: Tools): Pod[] =>
  store
    .list('pods', { namespace: set.metadata?.namespace })
    .map((object) => read<Pod>(object))
    .filter((pod) => isControlledBy(pod, set) && isActive(pod));

const conditionsAfter = (set: ReplicaSet, { failure }: ManageResult, now: Date) => {
  const { conditions } = set.status ?? {};
  if (failure === undefined) {
    return withoutCondition(conditions, 'ReplicaFailure');
  }
  const condition = {
    type: 'ReplicaFailure',
    status: 'True',
    reason: 'FailedCreate',
    message: failure,
  };
  return withCondition(conditions, condition, String(timestamp(now)));
};

const writeStatus = (set: ReplicaSet, result: ManageResult, tools: Tools): void => {
  const { store, now, again } = tools;
  const { namespace, name = '' } = set.metadata ?? {};
  const minReadySeconds = set.spec?.minReadySeconds ?? 0;
  const pods = podsOf(set, tools);
  const waits = pods
    .map((pod) => untilAvailable(pod, minReadySeconds, now()))
    .filter((wait) => wait !== undefined);
  const unavailable = waits.filter((wait) => wait > 0);
  if (unavailable.length > 0) {
    again(Math.min(...unavailable) + 10);
  }
  const conditions = conditionsAfter(set, result, now());
  store.modify('replicasets', { namespace, name }, (object) => ({
    ...object,
    status: {
      replicas: pods.length,
      ...withoutZeros({
        fullyLabeledReplicas: pods.length,
        readyReplicas: pods.filter(isReady).length,
        availableReplicas: waits.length - unavailable.length,
      }),
      observedGeneration: set.metadata?.generation,
      ...(conditions.length === 0 ? {} : { conditions }),
    },
  }));
};

/** A refused creation is tried again with growing patience by the real one; here at this pace. */
const retryMs = 5000;

const reconcile = ({ namespace, name }: ObjectKey, tools: Tools): void => {
  const object = tools.store.get('replicasets', namespace, name);
  if (object === undefined) {
    return;
  }
  const set = read<ReplicaSet>(object);
  const going = set.metadata?.deletionTimestamp !== undefined;
  const result = going ? { failure: undefined } : manage(set, podsOf(set, tools), tools);
  writeStatus(set, result, tools);
  if (result.failure !== undefined) {
    tools.again(retryMs);
  }
};

/** Keeps as many pods of a template alive as it asks for. */
export const replicaSetController: ControllerSpec = {
  name: 'replicaset-controller',
  resource: 'replicasets',
  watches: {
    pods: (object) => {
      const owner = controllerOf(read<Pod>(object));
      return owner?.kind === 'ReplicaSet'
        ? [{ namespace: object.metadata?.namespace, name: owner.name }]
        : [];
    },
  },
  reconcile,
};
