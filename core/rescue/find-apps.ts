import { namespaceOf } from '../apps/app.ts';
import { NotFoundError } from '../errors.ts';
import { hasStatus } from '../kubernetes/cluster-error.ts';
import type { KubernetesObject } from '../kubernetes/object.ts';
import type { Cluster } from '../kubernetes/ports.ts';
import {
  type ActiveCopy,
  activeCopyName,
  readActiveCopy,
} from '../promotions/engine/active-copy.ts';
import type { AppKey } from '../rendering/labels.ts';

/** The apps that have a namespace in the cluster, of one rack or of all. */
export const findApps = async (
  cluster: Pick<Cluster, 'list'>,
  rack?: string
): Promise<readonly AppKey[]> => {
  const selector = `system=rackless${rack ? `,rack=${rack}` : ''}`;
  const { items } = await cluster.list('Namespace', undefined, selector);
  return items.flatMap(keyOf);
};

/** The namespace of the builds carries no app. */
const keyOf = ({ metadata }: KubernetesObject): AppKey[] => {
  const { rack, app } = metadata.labels ?? {};
  return rack && app && metadata.name === namespaceOf(rack, app) ? [{ rack, app }] : [];
};

/**
 * One app of the cluster by its name.
 * @throws NotFoundError, which lists those that are there, also when two racks have one of the name.
 */
export const findApp = async (
  cluster: Cluster,
  { app, rack }: { readonly app: string; readonly rack?: string | undefined }
): Promise<AppKey> => {
  const apps = await findApps(cluster).catch((error: unknown) => {
    // Whoever may only see one namespace can say which.
    if (rack && hasStatus(error, 403)) return [{ rack, app }];
    throw error;
  });
  const found = apps.filter((it) => it.app === app && (!rack || it.rack === rack));
  const [only] = found;
  if (only && found.length === 1) return only;
  if (only) {
    throw new NotFoundError(`more than one rack has an app ${app}: ${racksOf(found)}`, {
      hint: 'name the rack with --rack',
    });
  }
  throw new NotFoundError(`no app ${app}${rack ? ` of rack ${rack}` : ''} in this cluster`, {
    hint: apps.length > 0 ? `there are: ${namesOf(apps)}` : 'it has no apps of any rack',
  });
};

const racksOf = (apps: readonly AppKey[]): string => apps.map((it) => it.rack).join(', ');

const namesOf = (apps: readonly AppKey[]): string =>
  apps.map(({ rack, app }) => `${rack}/${app}`).join(', ');

/**
 * The cluster's own copy of an app's active release.
 * @throws NotFoundError when there is none, ConflictError when it can't be read.
 */
export const findActiveCopy = async (
  cluster: Pick<Cluster, 'get'>,
  { rack, app }: AppKey
): Promise<ActiveCopy> => {
  const namespace = namespaceOf(rack, app);
  const secret = await cluster.get('Secret', namespace, activeCopyName);
  if (secret) return readActiveCopy(secret);
  throw new NotFoundError(`there is no Secret ${namespace}/${activeCopyName}`, {
    hint: 'no release of the app was ever active, or somebody removed it: deploy the app again',
  });
};
