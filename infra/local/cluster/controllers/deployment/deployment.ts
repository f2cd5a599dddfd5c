import { type Deployment, type Pod, type ReplicaSet, read } from '../../wire.ts';
import type { ControllerSpec, ObjectKey, Tools } from '../controller.ts';
import { controllerOf } from '../create-object.ts';
import { boundsOf } from './bounds.ts';
import { renewRevision } from './current-replica-set.ts';
import { type ReplicaSets, replicaSetsOf, replicasOf, revisionOf } from './replica-sets.ts';
import { recreate, rollingUpdate } from './roll.ts';
import { scaleTo } from './scale.ts';
import { writeStatus } from './status.ts';

const load = ({ namespace, name }: ObjectKey, { store }: Tools): Deployment | undefined => {
  const object = store.get('deployments', namespace, name);
  return object === undefined ? undefined : read<Deployment>(object);
};

/** A paused Deployment starts no rollout, but follows its number of replicas. */
const scalePaused = (deployment: Deployment, sets: ReplicaSets, tools: Tools): void => {
  const active = sets.all.filter((set) => replicasOf(set) > 0);
  const set = active.length === 1 ? active[0] : (sets.current ?? active.at(-1));
  if (set !== undefined) {
    scaleTo(deployment, { set, replicas: boundsOf(deployment).replicas }, tools);
  }
};

const removeHistory = (deployment: Deployment, { old }: ReplicaSets, { store }: Tools): void => {
  const limit = deployment.spec?.revisionHistoryLimit ?? 10;
  const idle = old
    .filter((set) => replicasOf(set) === 0 && (set.status?.replicas ?? 0) === 0)
    .sort((a, b) => revisionOf(a) - revisionOf(b));
  for (const { metadata } of idle.slice(0, Math.max(0, idle.length - limit))) {
    store.remove('replicasets', metadata?.namespace, metadata?.name ?? '');
  }
};

const advance = (deployment: Deployment, sets: ReplicaSets, tools: Tools): void => {
  if (deployment.spec?.paused === true) {
    scalePaused(deployment, sets, tools);
    return;
  }
  renewRevision(deployment, sets, tools);
  if (deployment.spec?.strategy?.type === 'Recreate') {
    recreate(deployment, sets, tools);
  } else {
    rollingUpdate(deployment, sets, tools);
  }
  removeHistory(deployment, sets, tools);
};

const reconcile = (key: ObjectKey, tools: Tools): void => {
  const deployment = load(key, tools);
  if (deployment === undefined) {
    return;
  }
  if (deployment.metadata?.deletionTimestamp === undefined) {
    advance(deployment, replicaSetsOf(deployment, tools.store), tools);
  }
  const latest = load(key, tools);
  if (latest !== undefined) {
    writeStatus(latest, replicaSetsOf(latest, tools.store), tools);
  }
};

const ownerKey = (object: Pod | ReplicaSet, kind: string): ObjectKey[] => {
  const owner = controllerOf(object);
  return owner?.kind === kind ? [{ namespace: object.metadata?.namespace, name: owner.name }] : [];
};

/** Rolls Deployments out. */
export const deploymentController: ControllerSpec = {
  name: 'deployment-controller',
  resource: 'deployments',
  watches: { replicasets: (object) => ownerKey(read<ReplicaSet>(object), 'Deployment') },
  reconcile,
};
