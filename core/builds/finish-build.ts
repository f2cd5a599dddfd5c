import { type Clock, timestamp } from '../clock.ts';
import { ClusterUnreachableError } from '../kubernetes/cluster-error.ts';
import type { Cluster } from '../kubernetes/ports.ts';
import type { Objects } from '../objects/ports.ts';
import type { Build } from './build.ts';
import { buildNamespace, buildSelector } from './build-objects.ts';
import type { BuildStory } from './build-story.ts';
import type { Builds } from './ports.ts';

export interface FinishDependencies {
  readonly builds: Builds;
  readonly objects: Pick<Objects, 'write' | 'remove'>;
  readonly clock: Clock;
}

/** Keeps the whole log, then records the end: whoever sees the end finds the log. */
export const finishBuild = async (
  { builds, objects, clock }: FinishDependencies,
  { app, id }: Build,
  { story, ...end }: Pick<Build, 'status' | 'reason' | 'release'> & { readonly story: BuildStory }
): Promise<void> => {
  await keepLog({ objects }, { app, id }, story);
  await builds.change(app, id, { ...end, ended: timestamp(clock) });
};

export const keepLog = async (
  { objects }: Pick<FinishDependencies, 'objects'>,
  { app, id }: Pick<Build, 'app' | 'id'>,
  story: BuildStory
): Promise<void> => {
  await objects.write(app, `builds/${id}/log`, new TextEncoder().encode(await story.text()));
};

interface CleanUpDependencies {
  readonly rack: string;
  readonly cluster: Cluster;
}

/**
 * Takes the credentials of a build away, and its Jobs if they are of no use any more. An unreachable
 * cluster holds no build up: the credential has its own end, and the Secrets go with the Jobs.
 */
export const cleanUp = async (
  deps: CleanUpDependencies,
  build: Pick<Build, 'app' | 'id'>,
  { jobs }: { readonly jobs: boolean }
): Promise<void> => {
  try {
    await remove(deps, build, jobs ? ['Secret', 'Job'] : ['Secret']);
  } catch (error) {
    if (!(error instanceof ClusterUnreachableError)) throw error;
  }
};

const remove = async (
  { rack, cluster }: CleanUpDependencies,
  { app, id }: Pick<Build, 'app' | 'id'>,
  kinds: readonly string[]
): Promise<void> => {
  const namespace = buildNamespace(rack);
  const selector = buildSelector({ rack, app, id });
  for (const kind of kinds) {
    const { items } = await cluster.list(kind, namespace, selector);
    await Promise.all(items.map((object) => cluster.remove(object)));
  }
};
