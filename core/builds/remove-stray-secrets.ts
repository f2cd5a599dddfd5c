import { DomainError } from '../errors.ts';
import type { KubernetesObject } from '../kubernetes/object.ts';
import type { Cluster } from '../kubernetes/ports.ts';
import { isFinishedBuild } from './build.ts';
import { buildNamespace } from './build-objects.ts';
import type { Builds } from './ports.ts';

interface Dependencies {
  readonly rack: string;
  readonly builds: Pick<Builds, 'find'>;
  readonly cluster: Pick<Cluster, 'list' | 'remove'>;
}

/**
 * Takes away the credentials of builds that have ended: whoever made one may have died before a Job or an
 * execution was there to take it along. Gives the names of their Secrets.
 */
export const removeStraySecrets = (deps: Dependencies) => async (): Promise<readonly string[]> => {
  try {
    const stray = await straySecrets(deps);
    await Promise.all(stray.map((secret) => deps.cluster.remove(secret)));
    return stray.map(({ metadata }) => metadata.name);
  } catch (error) {
    // A cluster that is away, or not there yet, has its turn with the next run.
    if (error instanceof DomainError && error.kind === 'unavailable') return [];
    throw error;
  }
};

const straySecrets = async ({
  rack,
  builds,
  cluster,
}: Dependencies): Promise<readonly KubernetesObject[]> => {
  const selector = `system=rackless,rack=${rack}`;
  const { items } = await cluster.list('Secret', buildNamespace(rack), selector);
  const isStray = async ({ metadata: { labels = {} } }: KubernetesObject): Promise<boolean> => {
    const build = await builds.find(labels['app'] ?? '', (labels['build'] ?? '').toUpperCase());
    return !build || isFinishedBuild(build);
  };
  const stray = await Promise.all(items.map(isStray));
  return items.filter((_, at) => stray[at]);
};
