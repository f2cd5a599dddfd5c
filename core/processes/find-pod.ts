import { namespaceOf } from '../apps/app.ts';
import { requireApp } from '../apps/require-app.ts';
import { NotFoundError } from '../errors.ts';
import { isOurs } from '../kubernetes/is-ours.ts';
import type { KubernetesObject } from '../kubernetes/object.ts';
import type { ProcessDependencies } from './list-processes.ts';

export interface ProcessKey {
  readonly app: string;
  readonly id: string;
}

/** The pod of a process. Pods that somebody else put into the namespace do not count. */
export const findPod = async (
  { rack, apps, cluster }: ProcessDependencies,
  { app, id }: ProcessKey
): Promise<KubernetesObject> => {
  await requireApp(apps, app);
  const pod = await cluster.get('Pod', namespaceOf(rack, app), id);
  if (pod && isOurs(pod, { rack, app })) return pod;
  throw new NotFoundError(`process not found: ${id}`, { hint: 'list the processes of the app' });
};
