import { hasStatus } from '../kubernetes/cluster-error.ts';
import type { KubernetesObject } from '../kubernetes/object.ts';
import type { Cluster } from '../kubernetes/ports.ts';

const attempts = 5;

export interface Change {
  /** Owns the changed fields from then on. */
  readonly fieldManager: string;
  readonly spec: object;
}

/**
 * Applies some fields of a Deployment's spec, as they were read: a Deployment that was deleted in
 * the meantime is not brought back. A promotion may write to it at the same time, so conflicts are
 * read again.
 */
export const applyToDeployment = async (
  cluster: Cluster,
  read: () => Promise<KubernetesObject>,
  { fieldManager, spec }: Change
): Promise<void> => {
  for (let attempt = 1; ; attempt++) {
    const { apiVersion, kind, metadata } = await read();
    const { name, namespace, uid, resourceVersion } = metadata;
    const object = { apiVersion, kind, metadata: { name, namespace, uid, resourceVersion }, spec };
    try {
      await cluster.apply(object, { fieldManager, force: true });
      return;
    } catch (error) {
      if (!hasStatus(error, 409) || attempt === attempts) throw error;
    }
  }
};
