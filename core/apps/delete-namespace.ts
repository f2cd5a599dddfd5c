import { ConflictError } from '../errors.ts';
import { isOurs } from '../kubernetes/is-ours.ts';
import type { KubernetesObject } from '../kubernetes/object.ts';
import type { Cluster } from '../kubernetes/ports.ts';
import { namespaceOf } from './app.ts';

type Key = { readonly rack: string; readonly app: string };

/**
 * The app's namespace as it stands; undefined when there is none.
 * @throws ConflictError when it belongs to somebody else: nothing in there is ours to delete.
 */
export const findNamespace = async (
  cluster: Cluster,
  key: Key
): Promise<KubernetesObject | undefined> => {
  const namespace = await cluster.get('Namespace', undefined, namespaceOf(key.rack, key.app));
  if (!namespace || isOurs(namespace, key)) return namespace;
  const { name } = namespace.metadata;
  throw new ConflictError(
    `namespace ${name} does not belong to app ${key.app}: ${ownerOf(namespace)}`,
    {
      hint: 'delete the app with --forget to drop its records and leave the namespace alone',
    }
  );
};

const ownerOf = ({ metadata }: KubernetesObject): string => {
  const labels = Object.entries(metadata.labels ?? {}).filter(([key]) => key !== nameLabel);
  if (labels.length === 0) return 'it has no labels of rackless';
  return `its labels are ${labels.map(([key, value]) => `${key}=${value}`).join(', ')}`;
};

/** Every namespace has it, and it says nothing. */
const nameLabel = 'kubernetes.io/metadata.name';

/** Asks for the deletion of the namespace. True when there is nothing left of it. */
export const deleteNamespace = async (cluster: Cluster, key: Key): Promise<boolean> => {
  const namespace = await findNamespace(cluster, key);
  if (!namespace) return true;
  if (!namespace.metadata.deletionTimestamp) await cluster.remove(namespace);
  return false;
};
