import type {
  V1Deployment,
  V1Job,
  V1Node,
  V1ObjectMeta,
  V1Pod,
  V1ReplicaSet,
  V1ResourceQuota,
  V1Service,
} from '@kubernetes/client-node';
import type { StoredObject } from './object-store.ts';

/** A type of the client as it stands in JSON: its times are texts. */
export type Wire<T> = T extends Date
  ? string
  : T extends object
    ? { [K in keyof T]: Wire<T[K]> }
    : T;

export type Deployment = Wire<V1Deployment>;
export type Job = Wire<V1Job>;
export type Meta = Wire<V1ObjectMeta>;
export type Node = Wire<V1Node>;
export type Pod = Wire<V1Pod>;
export type ReplicaSet = Wire<V1ReplicaSet>;
export type ResourceQuota = Wire<V1ResourceQuota>;
export type Service = Wire<V1Service>;

/** What every stored object has, as it stands in JSON. */
export interface WireObject {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata?: Meta;
}

/** Reads a stored object as a kind; the API layer checked its fields before it was stored. */
export const read = <T extends WireObject>(object: StoredObject): T => object as unknown as T;

export const stored = (object: WireObject): StoredObject => object as unknown as StoredObject;
