import type { Apps } from '../apps/ports.ts';
import { isFinishedBuild } from './build.ts';
import { type FailAbandonedBuildDependencies, failAbandonedBuild } from './fail-abandoned-build.ts';

interface Dependencies extends FailAbandonedBuildDependencies {
  readonly apps: Pick<Apps, 'list'>;
}

/** Older builds have ended or been looked at by an earlier sweep. */
const lookedAt = 20;
/** A build's record stands for a moment before its execution does. */
const grace = 120_000;

/** Ends every build of the rack whose execution has died; gives their ids. */
export const failAbandonedBuilds =
  (deps: Dependencies) => async (): Promise<{ readonly failed: readonly string[] }> => {
    const lists = await Promise.all(
      (await deps.apps.list()).map((app) => deps.builds.list(app.name, lookedAt))
    );
    const open = lists
      .flat()
      .filter((it) => !isFinishedBuild(it) && Date.parse(it.started) + grace < deps.clock());
    const ended = await Promise.all(open.map(failAbandonedBuild(deps)));
    return { failed: open.filter((_, at) => ended[at]).map((it) => it.id) };
  };
