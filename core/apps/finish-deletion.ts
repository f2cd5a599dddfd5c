import type { Cluster } from '../kubernetes/ports.ts';
import { deleteNamespace } from './delete-namespace.ts';
import type { Apps } from './ports.ts';

export interface DeletionDependencies {
  readonly rack: string;
  readonly apps: Pick<Apps, 'find' | 'remove'>;
  readonly cluster: Cluster;
}

/**
 * One step of an app's deletion, to be repeated until it says `gone`: also after a restart of
 * whoever began it. The records go last, and not while a promotion could still write to the cluster.
 */
export const finishDeletion =
  ({ rack, apps, cluster }: DeletionDependencies) =>
  async ({ app: name }: { readonly app: string }): Promise<'gone' | 'going'> => {
    const app = await apps.find(name);
    if (!app) return 'gone';
    if (!app.deleting) throw new Error(`app ${name} is not being deleted`);
    const isEmpty = await deleteNamespace(cluster, { rack, app: name });
    if (!isEmpty || app.promotion) return 'going';
    await apps.remove(name);
    return 'gone';
  };
