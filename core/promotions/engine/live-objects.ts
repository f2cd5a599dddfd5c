import { namespaceOf } from '../../apps/app.ts';
import { type KubernetesObject, objectKey } from '../../kubernetes/object.ts';
import { appSelector } from '../../rendering/labels.ts';
import type { EngineDependencies } from './run.ts';

/** The kinds that a release consists of, in the order of creation. */
export const managedKinds = ['Secret', 'Service', 'Deployment'] as const;

/** Everything of the app that the rack manages, by `Kind/name`; its namespace included. */
export const liveObjects = async (
  { rack, cluster }: Pick<EngineDependencies, 'rack' | 'cluster'>,
  app: string
): Promise<ReadonlyMap<string, KubernetesObject>> => {
  const name = namespaceOf(rack, app);
  const [namespace, ...lists] = await Promise.all([
    cluster.get('Namespace', undefined, name),
    ...managedKinds.map((kind) => cluster.list(kind, name, appSelector({ rack, app }))),
  ]);
  const objects = [...(namespace ? [namespace] : []), ...lists.flatMap((it) => it.items)];
  return new Map(objects.map((it) => [objectKey(it), it]));
};
