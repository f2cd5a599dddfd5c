import { StatusError } from '../../status-error.ts';
import { timestamp } from '../../timestamp.ts';
import { type Deployment, type ReplicaSet, read, stored } from '../../wire.ts';
import { withCondition } from '../conditions.ts';
import type { Tools } from '../controller.ts';
import { controllerReference, createObject } from '../create-object.ts';
import { boundsOf } from './bounds.ts';
import {
  hashLabel,
  type ReplicaSets,
  replicasOf,
  revisionAnnotation,
  revisionOf,
  sum,
  templateHash,
} from './replica-sets.ts';

const keyOf = ({ metadata }: Deployment | ReplicaSet) => ({
  namespace: metadata?.namespace,
  name: metadata?.name ?? '',
});

/** How large the current ReplicaSet may be next to the others. */
export const currentSize = (deployment: Deployment, { current, all }: ReplicaSets): number => {
  const { replicas, most } = boundsOf(deployment);
  const own = current === undefined ? 0 : replicasOf(current);
  if (own >= replicas || deployment.spec?.strategy?.type === 'Recreate') {
    return replicas;
  }
  const room = Math.max(0, most - sum(all, replicasOf));
  return Math.min(replicas, own + room);
};

const newReplicaSet = (
  deployment: Deployment,
  { hash, revision, replicas }: { hash: string; revision: number; replicas: number }
): ReplicaSet => {
  const { metadata, spec } = deployment;
  const template = spec?.template ?? {};
  const labels = { ...template.metadata?.labels, [hashLabel]: hash };
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: `${metadata?.name}-${hash}`,
      ...(metadata?.namespace === undefined ? {} : { namespace: metadata.namespace }),
      labels,
      annotations: { ...copiedAnnotations(deployment), [revisionAnnotation]: `${revision}` },
      ownerReferences: [controllerReference(deployment)],
    },
    spec: {
      replicas,
      ...(spec?.minReadySeconds === undefined ? {} : { minReadySeconds: spec.minReadySeconds }),
      selector: {
        ...spec?.selector,
        matchLabels: { ...spec?.selector.matchLabels, [hashLabel]: hash },
      },
      template: { ...template, metadata: { ...template.metadata, labels } },
    },
  };
};

const copiedAnnotations = ({ metadata }: Deployment): Record<string, string> => {
  const { [revisionAnnotation]: _, ...annotations } = metadata?.annotations ?? {};
  return Object.fromEntries(
    Object.entries(annotations).filter(([key]) => !key.startsWith('kubectl.kubernetes.io/last'))
  );
};

const withRevision = <T extends Deployment | ReplicaSet>(object: T, revision: number): T => ({
  ...object,
  metadata: {
    ...object.metadata,
    annotations: { ...object.metadata?.annotations, [revisionAnnotation]: `${revision}` },
  },
});

/** Another object has the name: the next try makes a different one. */
const countCollision = (deployment: Deployment, { store }: Tools): void => {
  store.modify('deployments', keyOf(deployment), (object) => {
    const latest = read<Deployment>(object);
    const collisionCount = (latest.status?.collisionCount ?? 0) + 1;
    return stored({ ...latest, status: { ...latest.status, collisionCount } } as Deployment);
  });
};

const recordCreation = (deployment: Deployment, set: ReplicaSet, tools: Tools): void => {
  const { store, events, now } = tools;
  const { name } = set.metadata ?? {};
  const time = String(timestamp(now()));
  const condition = {
    type: 'Progressing',
    status: 'True',
    reason: 'NewReplicaSetCreated',
    message: `Created new replica set "${name}"`,
    lastUpdateTime: time,
  };
  store.modify('deployments', keyOf(deployment), (object) => {
    const latest = withRevision(read<Deployment>(object), revisionOf(set));
    const conditions = withCondition(latest.status?.conditions, condition, time);
    return stored({ ...latest, status: { ...latest.status, conditions } } as Deployment);
  });
  if (replicasOf(set) > 0) {
    events.record(stored(deployment), {
      type: 'Normal',
      reason: 'ScalingReplicaSet',
      message: `Scaled up replica set ${name} from 0 to ${replicasOf(set)}`,
    });
  }
};

/** Makes the ReplicaSet for the Deployment's template. */
export const createCurrent = (deployment: Deployment, sets: ReplicaSets, tools: Tools): void => {
  const template = deployment.spec?.template ?? {};
  const hash = templateHash(template, deployment.status?.collisionCount ?? 0);
  const revision = Math.max(0, ...sets.all.map(revisionOf)) + 1;
  const set = newReplicaSet(deployment, {
    hash,
    revision,
    replicas: currentSize(deployment, sets),
  });
  try {
    createObject(tools.store, 'replicasets', set);
  } catch (error) {
    if (error instanceof StatusError && error.reason === 'AlreadyExists') {
      countCollision(deployment, tools);
      return;
    }
    throw error;
  }
  recordCreation(deployment, set, tools);
};

/** A template that comes back (a rollback) makes its old ReplicaSet the newest revision again. */
export const renewRevision = (
  deployment: Deployment,
  sets: ReplicaSets,
  { store }: Tools
): void => {
  const { current, old } = sets;
  if (current === undefined) {
    return;
  }
  const newest = Math.max(0, ...old.map(revisionOf));
  const revision = revisionOf(current) > newest ? revisionOf(current) : newest + 1;
  store.modify('replicasets', keyOf(current), (object) =>
    stored(withRevision(read<ReplicaSet>(object), revision))
  );
  store.modify('deployments', keyOf(deployment), (object) =>
    stored(withRevision(read<Deployment>(object), revision))
  );
};
