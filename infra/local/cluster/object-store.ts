import type { KubernetesObject } from '@kubernetes/client-node';

/** One stored object. The store never looks inside `spec` or `status`. */
export type StoredObject = KubernetesObject & {
  readonly spec?: unknown;
  readonly status?: unknown;
  readonly [field: string]: unknown;
};

export type ChangeType = 'ADDED' | 'MODIFIED' | 'DELETED';

/** One entry of the store's history; `object` is the state after the change (before it, for DELETED). */
export interface Change {
  readonly type: ChangeType;
  readonly resource: string;
  readonly resourceVersion: number;
  readonly object: StoredObject;
}

export interface ListOptions {
  readonly namespace?: string | undefined;
  /** A Kubernetes label selector, as in `?labelSelector=`. */
  readonly labelSelector?: string | undefined;
}

/**
 * What controllers and the node agent see of the cluster, in process. `resource` is the plural
 * name that a path uses (`pods`, `deployments`). Objects are frozen; write a changed copy.
 */
export interface ObjectStore {
  get(resource: string, namespace: string | undefined, name: string): StoredObject | undefined;
  list(resource: string, options?: ListOptions): readonly StoredObject[];
  /** Gives uid, creationTimestamp, generation and resourceVersion. Throws `AlreadyExists` (409). */
  create(resource: string, object: StoredObject): StoredObject;
  /**
   * Replaces the object. A `metadata.resourceVersion` that is not the stored one throws `Conflict`
   * (409). A changed `spec` raises `metadata.generation`. Removing the last finalizer of an object
   * that has a deletionTimestamp deletes it.
   */
  update(resource: string, object: StoredObject): StoredObject;
  /** Reads, changes and writes the object, again after a conflict. Undefined when it is gone. */
  modify(
    resource: string,
    key: { readonly namespace?: string | undefined; readonly name: string },
    change: (object: StoredObject) => StoredObject
  ): StoredObject | undefined;
  /** Removes the object at once. Pods go through `deletionTimestamp` in the API layer, not here. */
  remove(resource: string, namespace: string | undefined, name: string): StoredObject | undefined;
  /** Calls back, synchronously and in order, for every change of the resource. Returns the way to stop. */
  subscribe(resource: string, listener: (change: Change) => void): () => void;
}
