import { timestamp } from '../timestamp.ts';
import { type Node, type Pod, read, stored } from '../wire.ts';
import { withCondition } from './conditions.ts';
import { type ControllerSpec, keyOf, type ObjectKey, type Tools } from './controller.ts';
import { nodeName } from './local-node.ts';
import { isOver } from './pod-state.ts';
import { parseQuantity, podRequest } from './quantity.ts';

/** A pod that did not fit is looked at again when something may have changed, at the latest then. */
const retryMs = 5000;

const isUnscheduled = ({ spec, metadata }: Pod): boolean =>
  spec !== undefined &&
  spec.nodeName === undefined &&
  metadata?.deletionTimestamp === undefined &&
  spec.schedulerName === 'default-scheduler' &&
  (spec.schedulingGates ?? []).length === 0;

const matchesNode = ({ spec }: Pod, node: Node): boolean =>
  Object.entries(spec?.nodeSelector ?? {}).every(
    ([key, value]) => node.metadata?.labels?.[key] === value
  );

const insufficient = (pod: Pod, node: Node, others: readonly Pod[]): string[] => {
  const resources = ['cpu', 'memory'].filter((resource) => {
    const used = others.reduce((sum, other) => sum + podRequest(other, resource), 0);
    const free = parseQuantity(node.status?.allocatable?.[resource] ?? '0') - used;
    return podRequest(pod, resource) > free;
  });
  const room = others.length < Number(node.status?.allocatable?.['pods'] ?? 0);
  return [...(room ? [] : ['Too many pods']), ...resources.map((each) => `Insufficient ${each}`)];
};

/** Why the pod can't run on the node, in the scheduler's words; empty when it can. */
const obstacles = (pod: Pod, node: Node | undefined, others: readonly Pod[]): string[] => {
  if (node === undefined) {
    return [];
  }
  if (node.spec?.unschedulable === true) {
    return ['1 node(s) were unschedulable'];
  }
  return matchesNode(pod, node)
    ? insufficient(pod, node, others).map((each) => `1 ${each}`)
    : ["1 node(s) didn't match Pod's node affinity/selector"];
};

const assign = (pod: Pod, { store, events, now }: Tools): void => {
  const time = String(timestamp(now()));
  const condition = { type: 'PodScheduled', status: 'True' };
  const object = stored(pod);
  store.update('pods', {
    ...object,
    spec: { ...pod.spec, nodeName },
    status: { ...pod.status, conditions: withCondition(pod.status?.conditions, condition, time) },
  });
  const { namespace, name } = keyOf(object);
  events.record(object, {
    type: 'Normal',
    reason: 'Scheduled',
    message: `Successfully assigned ${namespace}/${name} to ${nodeName}`,
  });
};

const leavePending = (pod: Pod, why: readonly string[], tools: Tools): void => {
  const { store, events, now, again } = tools;
  const helpless = why.length === 0 ? '' : `: ${why.join(', ')}`;
  const message =
    why.length === 0
      ? 'no nodes available to schedule pods'
      : `0/1 nodes are available${helpless}. preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.`;
  const condition = { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message };
  const time = String(timestamp(now()));
  const conditions = withCondition(pod.status?.conditions, condition, time);
  const before = stored(pod);
  const after = store.update('pods', { ...before, status: { ...pod.status, conditions } });
  if (after !== before) {
    events.record(before, { type: 'Warning', reason: 'FailedScheduling', message });
  }
  again(retryMs);
};

const reconcile = (key: ObjectKey, tools: Tools): void => {
  const { store } = tools;
  const object = store.get('pods', key.namespace, key.name);
  const pod = object === undefined ? undefined : read<Pod>(object);
  if (pod === undefined || !isUnscheduled(pod)) {
    return;
  }
  const [node] = store.list('nodes').map((each) => read<Node>(each));
  const others = store
    .list('pods')
    .map((each) => read<Pod>(each))
    .filter((other) => other.spec?.nodeName !== undefined && !isOver(other));
  const why = obstacles(pod, node, others);
  if (node === undefined || why.length > 0) {
    leavePending(pod, why, tools);
  } else {
    assign(pod, tools);
  }
};

/** Gives pods to the one node there is, if they fit. */
export const scheduler: ControllerSpec = {
  name: 'default-scheduler',
  resource: 'pods',
  watches: {},
  reconcile,
};
