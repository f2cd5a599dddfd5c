import type { Cluster } from '../../kubernetes/ports.ts';
import { type Build, isFinishedBuild } from '../build.ts';
import { BuildStory, type StoryDependencies } from '../build-story.ts';
import { cleanUp, type FinishDependencies, finishBuild, keepLog } from '../finish-build.ts';
import { type HealSourceDependencies, healSource } from '../heal-source.ts';
import type { BuildRun, TaskResult } from './build-task.ts';
import { removeContextList } from './context-list.ts';

export interface RecordFailureDependencies
  extends StoryDependencies,
    Pick<FinishDependencies, 'builds' | 'clock'>,
    HealSourceDependencies {
  readonly objects: FinishDependencies['objects'] & HealSourceDependencies['objects'];
  readonly rack: string;
  readonly cluster: Cluster;
}

export interface RecordFailureRequest extends BuildRun {
  /** What a task threw in the end, as the state machine puts it. */
  readonly error?: { readonly Error: string } | undefined;
}

/** Ends a build as failed: the reason as its last line, no credential left, no Job still running. */
export const recordFailure =
  (deps: RecordFailureDependencies) =>
  async ({ v, app, build: id, error }: RecordFailureRequest): Promise<TaskResult> => {
    const build = await deps.builds.find(app, id);
    if (build && !isFinishedBuild(build)) await fail(deps, build, error?.Error);
    if (build?.cancelledBy) await tellOfEnd(deps, build);
    await cleanUp(deps, { app, id }, { jobs: true });
    await removeContextList(deps, { app, id });
    return { v, app, build: id, next: build?.status === 'complete' ? 'Complete' : 'Failed' };
  };

/** Whoever cancelled it has ended the record; its story and its log are still open. */
const tellOfEnd = async (deps: RecordFailureDependencies, build: Build): Promise<void> => {
  const story = await BuildStory.open(deps, build);
  await story.say('failure', `ERROR: ${build.reason}`);
  await keepLog(deps, build, story);
};

const fail = async (
  deps: RecordFailureDependencies,
  build: Build,
  error: string | undefined
): Promise<void> => {
  const cause = build.reason || reasonOf(error);
  const next = (await healSource(deps, build, cause)) ? ': build again, which sends it anew' : '';
  const reason = `${cause}${next}`;
  const story = await BuildStory.open(deps, build);
  await story.say('failure', ...`ERROR: ${reason}`.split('\n'));
  await finishBuild(deps, build, { status: 'failed', reason, release: '', story });
};

const reasons: Readonly<Record<string, string>> = {
  ClusterUnreachableError: 'the cluster could not be reached for too long',
  UnavailableError: 'something that the build needs could not be reached for too long',
  'States.Timeout': 'the build took longer than it may',
};

const reasonOf = (error = ''): string =>
  reasons[error] ?? `the build was ended by an error of the rack${error && `: ${error}`}`;
