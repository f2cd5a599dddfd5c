import { type Clock, timestamp } from '../clock.ts';
import { ConflictError } from '../errors.ts';
import { type Build, isFinishedBuild } from './build.ts';
import type { BuildRuns, Builds } from './ports.ts';

export interface FailAbandonedBuildDependencies {
  readonly builds: Builds;
  readonly buildRuns: Pick<BuildRuns, 'isRunning'>;
  readonly clock: Clock;
}

/**
 * Ends a build whose execution has died, for the sweep. Builds outside the cluster have none. Its
 * Jobs and Secrets end by themselves, by their deadline.
 */
export const failAbandonedBuild =
  ({ builds, buildRuns, clock }: FailAbandonedBuildDependencies) =>
  async ({ app, id }: { readonly app: string; readonly id: string }): Promise<boolean> => {
    const build = await builds.find(app, id);
    if (!build || isOver(build) || (await buildRuns.isRunning({ app, id }))) return false;
    const reason = build.reason || 'the build was interrupted: build again';
    const end = { status: 'failed', reason, ended: timestamp(clock) } as const;
    return builds.change(app, id, end).then(() => true, endedJustNow);
  };

const isOver = (build: Build): boolean => build.external || isFinishedBuild(build);

const endedJustNow = (error: unknown): false => {
  if (error instanceof ConflictError) return false;
  throw error;
};
