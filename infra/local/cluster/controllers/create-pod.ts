import { randomSuffix } from '../api/verbs/create.ts';
import type { MemoryStore } from '../memory-store.ts';
import type { StoredObject } from '../object-store.ts';
import { StatusError } from '../status-error.ts';
import { type Pod, type ResourceQuota, read, type WireObject } from '../wire.ts';
import { controllerReference, createObject } from './create-object.ts';
import { isOver } from './pod-state.ts';

export interface PodTemplate {
  readonly metadata?: Pod['metadata'];
  readonly spec?: Pod['spec'];
}

const podLimit = (quota: ResourceQuota): string | undefined =>
  quota.spec?.hard?.['pods'] ?? quota.spec?.hard?.['count/pods'];

/** Throws 403 when a ResourceQuota allows no more pods. */
const checkQuota = (store: MemoryStore, namespace: string, pod: string): void => {
  const used = store
    .list('pods', { namespace })
    .filter((object) => !isOver(read<Pod>(object))).length;
  for (const object of store.list('resourcequotas', { namespace })) {
    const limit = podLimit(read<ResourceQuota>(object));
    if (limit !== undefined && used >= Number(limit)) {
      throw new StatusError({
        code: 403,
        reason: 'Forbidden',
        message: `pods "${pod}" is forbidden: exceeded quota: ${object.metadata?.name}, requested: pods=1, used: pods=${used}, limited: pods=${limit}`,
        details: { name: pod, kind: 'pods' },
      });
    }
  }
};

const checkNamespace = (store: MemoryStore, namespace: string, pod: string): void => {
  const object = store.get('namespaces', undefined, namespace);
  if (object === undefined || object.metadata?.deletionTimestamp !== undefined) {
    throw new StatusError({
      code: 403,
      reason: 'Forbidden',
      message: `pods "${pod}" is forbidden: unable to create new content in namespace ${namespace} because it is being terminated`,
    });
  }
};

/** Pod names are at most 63 letters, of which the random end takes 5. */
const podName = (owner: string): string => `${`${owner}-`.slice(0, 58)}${randomSuffix()}`;

/** Makes a pod that `owner` controls. Throws 403 for a full quota or a namespace that is going. */
export const createPod = (
  store: MemoryStore,
  owner: WireObject,
  template: PodTemplate
): StoredObject => {
  const { namespace = 'default', name: ownerName = '' } = owner.metadata ?? {};
  const name = podName(ownerName);
  checkNamespace(store, namespace, name);
  checkQuota(store, namespace, name);
  const { labels, annotations, finalizers } = template.metadata ?? {};
  return createObject(store, 'pods', {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      generateName: `${ownerName}-`,
      namespace,
      ...(labels === undefined ? {} : { labels }),
      ...(annotations === undefined ? {} : { annotations }),
      ...(finalizers === undefined ? {} : { finalizers }),
      ownerReferences: [controllerReference(owner)],
    },
    spec: template.spec,
  } as WireObject);
};
