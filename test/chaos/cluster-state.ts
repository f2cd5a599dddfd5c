import type { KubernetesObject } from '#core/kubernetes/object.ts';
import { objectKey } from '#core/kubernetes/object.ts';
import type { Cluster } from '#core/kubernetes/ports.ts';
import { managedKinds } from '#core/promotions/engine/live-objects.ts';

/** What the cluster has of an app, by `Kind/name`. */
export type ClusterState = ReadonlyMap<string, KubernetesObject>;

export const readState = async (cluster: Cluster, namespace: string): Promise<ClusterState> => {
  const lists = await Promise.all(managedKinds.map((it) => cluster.list(it, namespace)));
  const objects = lists.flatMap((it) => it.items);
  return new Map(objects.filter(isOurs).map((it) => [objectKey(it), it]));
};

/** The cluster's own are left out, and so is what is on its way out. */
const isOurs = ({ metadata }: KubernetesObject): boolean =>
  metadata.labels?.['system'] === 'rackless' &&
  metadata.name !== 'rackless-active' &&
  !metadata.deletionTimestamp;

/** Whether all that `wanted` says stands in `live` as well; lists element by element. */
export const says = (live: unknown, wanted: unknown): boolean => {
  // A real API server leaves out what says nothing, such as `minReadySeconds: 0`.
  if (live === undefined && (wanted === 0 || wanted === false)) return true;
  if (Array.isArray(wanted)) {
    return (
      Array.isArray(live) &&
      live.length === wanted.length &&
      wanted.every((it, at) => says(live[at], it))
    );
  }
  if (typeof wanted !== 'object' || wanted === null) return live === wanted;
  return (
    typeof live === 'object' &&
    live !== null &&
    Object.entries(wanted).every(([key, it]) => says(Reflect.get(live, key), it))
  );
};
