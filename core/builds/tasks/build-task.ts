import { ConflictError, DomainError } from '../../errors.ts';
import { type Build, isFinishedBuild } from '../build.ts';
import type { Builds } from '../ports.ts';

export interface BuildRun {
  /** Of the shape of this input. */
  readonly v: 1;
  readonly app: string;
  readonly build: string;
}

/** Where the state machine goes next. */
export type NextState =
  | 'GrantPush'
  | 'ImportImages'
  | 'StartJobs'
  | 'WatchJobs'
  | 'MakeRelease'
  | 'RecordFailure'
  | 'Complete'
  | 'Failed';

/** Ids and one word are all that travels. */
export interface TaskResult extends BuildRun {
  readonly next: NextState;
}

/** The build can't succeed, for the reason of the message. */
export class BuildFailure extends DomainError {
  readonly kind = 'invalid';
  readonly code = 'BuildFailed';
}

/**
 * One step of a build. A build that has ended meanwhile, or was removed with its app, stays as it is.
 * What is wrong with the source is kept as the reason and leads to `RecordFailure`; what is wrong
 * with the world around it is thrown, and the state machine tries again.
 */
export const buildTask =
  (deps: { readonly builds: Builds }, step: (build: Build) => Promise<NextState>) =>
  async ({ v, app, build: id }: BuildRun): Promise<TaskResult> => {
    const build = await deps.builds.find(app, id);
    const next =
      build && !isFinishedBuild(build) ? await tryStep(deps, build, step) : 'RecordFailure';
    return { v, app, build: id, next: build?.status === 'complete' ? 'Complete' : next };
  };

const tryStep = async (
  { builds }: { readonly builds: Builds },
  build: Build,
  step: (build: Build) => Promise<NextState>
): Promise<NextState> => {
  try {
    return await step(build);
  } catch (error) {
    if (!isFinal(error)) throw error;
    await keepReason(builds, build, error.message);
    return 'RecordFailure';
  }
};

export const isFinal = (error: unknown): error is DomainError =>
  error instanceof DomainError && error.kind !== 'unavailable';

const keepReason = async (builds: Builds, { app, id }: Build, reason: string): Promise<void> => {
  try {
    await builds.change(app, id, { reason });
  } catch (error) {
    // It has ended, and so it has a reason of its own, or is gone.
    if (!(error instanceof ConflictError)) throw error;
  }
};
