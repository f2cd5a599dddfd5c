import { type MakeReleaseDependencies, makeRelease } from './make-release.ts';
import { type ReadSourceDependencies, readSource } from './read-source.ts';
import { type RecordFailureDependencies, recordFailure } from './record-failure.ts';
import { type StartJobsDependencies, startJobs } from './start-jobs.ts';
import { type WatchJobsDependencies, watchJobs } from './watch-jobs.ts';

export type BuildDependencies = ReadSourceDependencies &
  StartJobsDependencies &
  WatchJobsDependencies &
  MakeReleaseDependencies &
  RecordFailureDependencies;

/** The tasks of the build state machine that one role may do; `GrantPush` needs another. */
export const buildTasks = (deps: BuildDependencies) => ({
  ReadSource: readSource(deps),
  StartJobs: startJobs(deps),
  WatchJobs: watchJobs(deps),
  MakeRelease: makeRelease(deps),
  RecordFailure: recordFailure(deps),
});
