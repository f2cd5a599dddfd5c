import type {
  V1ConfigMap,
  V1Container,
  V1ContainerState,
  V1ContainerStateTerminated,
  V1ContainerStatus,
  V1PodCondition,
  V1PodSpec,
  V1PodStatus,
  V1Probe,
  V1Secret,
  V1ServicePort,
} from '@kubernetes/client-node';
import type { StoredObject } from '../object-store.ts';
import type { Pod, Service, Wire } from '../wire.ts';

export type { Pod, Service };
export type PodSpec = Wire<V1PodSpec>;
export type PodStatus = Wire<V1PodStatus>;
export type PodCondition = Wire<V1PodCondition>;
export type Container = Wire<V1Container>;
export type ContainerStatus = Wire<V1ContainerStatus>;
export type ContainerState = Wire<V1ContainerState>;
export type Terminated = Wire<V1ContainerStateTerminated>;
export type Probe = Wire<V1Probe>;
export type Secret = Wire<V1Secret>;
export type ConfigMap = Wire<V1ConfigMap>;
export type ServicePort = Wire<V1ServicePort>;

/** The store checks nothing about an object's fields; the API layer did before it stored it. */
export const asPod = (object: StoredObject): Pod => object as unknown as Pod;
export const asService = (object: StoredObject): Service => object as unknown as Service;
export const asStored = (object: Pod | Service | Secret | ConfigMap): StoredObject =>
  object as unknown as StoredObject;

export interface ObjectKey {
  readonly namespace: string;
  readonly name: string;
}

/** Namespace and name, which every stored pod and service has. */
export const keyOf = ({ metadata }: Pod | Service): ObjectKey => ({
  namespace: metadata?.namespace ?? 'default',
  name: metadata?.name ?? '',
});

/** A pod as the kubelet writes it in messages: `web-abc_shop(uid)`. */
export const podLabel = (pod: Pod): string =>
  `${keyOf(pod).name}_${keyOf(pod).namespace}(${pod.metadata?.uid})`;
