import type { Clock } from '../clock.ts';
import { ConflictError } from '../errors.ts';
import { hasStatus } from '../kubernetes/cluster-error.ts';
import { isOurs } from '../kubernetes/is-ours.ts';
import { type KubernetesObject, objectKey } from '../kubernetes/object.ts';
import type { Cluster } from '../kubernetes/ports.ts';
import { secretData } from '../kubernetes/secret-data.ts';
import { adoptFields } from '../promotions/engine/adopt-fields.ts';
import { type AppKey, annotations, managers, objectLabels } from '../rendering/labels.ts';
import { differs } from './differs.ts';

export type Action = 'created' | 'changed' | 'unchanged';

export interface Rescue {
  readonly cluster: Cluster;
  readonly clock: Clock;
  readonly sleep: (milliseconds: number) => Promise<void>;
  readonly key: AppKey;
  readonly release: string;
  /** Far above that of any promotion: one that is alive after all sees it and goes back. */
  readonly fence: number;
  readonly dryRun: boolean;
}

interface Wanted {
  readonly object: KubernetesObject;
  /** For a Deployment that has to be made. */
  readonly replicas: number | undefined;
}

type Live = KubernetesObject | undefined;

const tries = 20;
const pause = 500;

/**
 * Makes one object as the copy has it. A live one is written only with the uid and resourceVersion
 * that were read; one that is missing is made by POST. Read again after each 409.
 * @throws ConflictError when the object belongs to somebody else, ClusterError.
 */
export const restoreObject = async (rescue: Rescue, wanted: Wanted): Promise<Action> => {
  for (let left = tries; ; left--) {
    const { kind, metadata } = wanted.object;
    const live = await rescue.cluster.get(kind, metadata.namespace, metadata.name);
    requireOurs(rescue, live);
    try {
      return await write(rescue, wanted, live);
    } catch (error) {
      const isStale = error instanceof GoingError || hasStatus(error, 409) || hasStatus(error, 404);
      if (!isStale || left === 1) throw error;
      await rescue.sleep(pause);
    }
  }
};

/** It is made anew once it has gone. */
class GoingError extends ConflictError {}

const requireOurs = ({ key }: Rescue, live: Live): void => {
  if (!live) return;
  if (!isOurs(live, key)) {
    throw new ConflictError(`${objectKey(live)} does not belong to app ${key.app} of ${key.rack}`, {
      hint: 'rename or delete it, then try again',
    });
  }
  if (live.kind === 'Namespace' && live.metadata.deletionTimestamp) {
    throw new ConflictError(`namespace ${live.metadata.name} is being deleted`, {
      hint: 'nothing can be put into it any more; deploy the app again once it has gone',
    });
  }
};

const write = async (rescue: Rescue, wanted: Wanted, live: Live): Promise<Action> => {
  if (!live) return create(rescue, wanted);
  if (live.kind === 'Namespace') return updateNamespace(rescue, wanted, live);
  if (live.kind === 'Secret') return replaceSecret(rescue, wanted, live);
  if (live.metadata.deletionTimestamp && !rescue.dryRun) {
    throw new GoingError(`${objectKey(live)} is being deleted, and does not go`, {
      hint: 'see which finalizers hold it, then try again',
    });
  }
  return update(rescue, wanted, live);
};

const create = async (rescue: Rescue, { object, replicas }: Wanted): Promise<Action> => {
  const spec = object['spec'] as object | undefined;
  const sized = replicas === undefined ? object : { ...object, spec: { ...spec, replicas } };
  await rescue.cluster.create(marked(rescue, sized), optionsOf(rescue));
  return 'created';
};

const update = async (rescue: Rescue, { object }: Wanted, live: KubernetesObject) => {
  const { uid, resourceVersion } = (await adopted(rescue, live)).metadata;
  const { metadata, ...rest } = marked(rescue, object);
  const createdBy = live.metadata.annotations?.[annotations.createdBy];
  const kept = createdBy ? { [annotations.createdBy]: createdBy } : {};
  const guard = { uid, resourceVersion, annotations: { ...metadata.annotations, ...kept } };
  const written = await rescue.cluster.apply(
    { ...rest, metadata: { ...metadata, ...guard } } as KubernetesObject,
    { ...optionsOf(rescue), force: true }
  );
  return differs(live, written) ? 'changed' : 'unchanged';
};

/** Its own write needs a right on the whole cluster: only when a label is missing. */
const updateNamespace = (rescue: Rescue, wanted: Wanted, live: KubernetesObject) => {
  const labels = Object.entries(wanted.object.metadata.labels ?? {});
  const isSame = labels.every(([name, value]) => live.metadata.labels?.[name] === value);
  return isSame ? Promise.resolve('unchanged' as const) : update(rescue, wanted, live);
};

/** An environment is immutable: one with other values, or that is going, has to be made anew. */
const replaceSecret = async (rescue: Rescue, wanted: Wanted, live: KubernetesObject) => {
  if (hasValues(live, wanted.object) && !live.metadata.deletionTimestamp) {
    const { resourceVersion } = live.metadata;
    const labels = labelsOf(rescue);
    const patch = { metadata: { resourceVersion, labels } };
    await rescue.cluster.patch(live, patch, optionsOf(rescue));
    return 'unchanged';
  }
  if (rescue.dryRun) return 'changed';
  await rescue.cluster.remove(live);
  await create(rescue, wanted);
  return 'changed';
};

const hasValues = (live: KubernetesObject, wanted: KubernetesObject): boolean => {
  const found = (live['data'] ?? {}) as Readonly<Record<string, string>>;
  const values = Object.entries((wanted['stringData'] ?? {}) as Readonly<Record<string, string>>);
  return (
    Object.keys(found).length === values.length &&
    values.every(([name, value]) => found[name] === secretData(value))
  );
};

const adopted = async (rescue: Rescue, live: KubernetesObject): Promise<KubernetesObject> => {
  const managedFields = adoptFields(live.metadata.managedFields);
  if (!managedFields || rescue.dryRun) return live;
  const { resourceVersion } = live.metadata;
  const patch = { metadata: { resourceVersion, managedFields } };
  return rescue.cluster.patch(live, patch, optionsOf(rescue));
};

const labelsOf = ({ release, fence }: Rescue): Readonly<Record<string, string>> => ({
  [objectLabels.release]: release.toLowerCase(),
  [objectLabels.promotion]: 'rescue',
  [objectLabels.fence]: String(fence),
});

const marked = (rescue: Rescue, object: KubernetesObject): KubernetesObject => ({
  ...object,
  metadata: { ...object.metadata, labels: { ...object.metadata.labels, ...labelsOf(rescue) } },
});

const optionsOf = ({ dryRun }: Rescue) => ({ fieldManager: managers.main, dryRun });
