import { type Clock, timestamp } from '../clock.ts';
import { ConflictError } from '../errors.ts';
import { type Build, isFinishedBuild } from './build.ts';
import type { BuildRuns, Builds } from './ports.ts';

export interface FailAbandonedBuildDependencies {
  readonly builds: Builds;
  readonly buildRuns: Pick<BuildRuns, 'isRunning'>;
  readonly clock: Clock;
}

/** After that an external build is not going on any more; milliseconds. */
const longestExternal = 4 * 3_600_000;

/**
 * Ends a build whose execution has died, for the sweep, and an external one of which nobody has said
 * how it went. Jobs and credentials end by themselves, by their deadlines; Secrets go by `removeStraySecrets`.
 */
export const failAbandonedBuild =
  (deps: FailAbandonedBuildDependencies) =>
  async ({ app, id }: { readonly app: string; readonly id: string }): Promise<boolean> => {
    const build = await deps.builds.find(app, id);
    if (!build || isFinishedBuild(build) || (await isGoingOn(deps, build))) return false;
    const reason = build.reason || reasonFor(build);
    const end = { status: 'failed', reason, ended: timestamp(deps.clock) } as const;
    return deps.builds.change(app, id, end).then(() => true, endedJustNow);
  };

const isGoingOn = async (
  { buildRuns, clock }: FailAbandonedBuildDependencies,
  build: Build
): Promise<boolean> => (build.external ? isYoung(build, clock()) : buildRuns.isRunning(build));

const isYoung = ({ started }: Build, now: number): boolean =>
  Date.parse(started) + longestExternal > now;

const reasonFor = ({ external, status }: Build): string => {
  if (external) return 'nobody has said how the build went: build again';
  const what = status === 'created' ? 'was never started' : 'was interrupted';
  return `the build ${what}: build again`;
};

const endedJustNow = (error: unknown): false => {
  if (error instanceof ConflictError) return false;
  throw error;
};
