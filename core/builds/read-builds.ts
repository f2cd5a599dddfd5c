import { findApp } from '../apps/find-app.ts';
import type { Apps } from '../apps/ports.ts';
import { type FollowDependencies, followStory } from '../events/follow-story.ts';
import type { Objects } from '../objects/ports.ts';
import { isFinishedBuild } from './build.ts';
import { findBuild } from './find-build.ts';
import type { Builds } from './ports.ts';
import { showBuild } from './show-build.ts';

interface Dependencies extends FollowDependencies {
  readonly apps: Apps;
  readonly builds: Builds;
  readonly objects: Objects;
}

interface One {
  readonly app: string;
  readonly id: string;
}

export const listBuilds =
  (deps: Dependencies) =>
  async ({ app, limit }: { readonly app: string; readonly limit: number }) => {
    await findApp(deps.apps, app);
    return (await deps.builds.list(app, limit)).map(showBuild);
  };

export const getBuild =
  (deps: Dependencies) =>
  async ({ app, id }: One) => {
    await findApp(deps.apps, app);
    return showBuild(await findBuild(deps.builds, app, id));
  };

/** The kept log of a build that has ended, or what there is of one that runs. */
export const getBuildLogs =
  (deps: Dependencies) =>
  async ({ app, id }: One): Promise<string> => {
    await findBuild(deps.builds, app, id);
    const kept = await deps.objects.readText(app, `builds/${id}/log`);
    if (kept !== undefined) return kept;
    const events = await deps.stories.read({ app, id }, 0);
    return events.map((it) => `${it.text}\n`).join('');
  };

export const listBuildEvents =
  (deps: Dependencies) =>
  async ({ app, id, after, wait }: One & { readonly after: number; readonly wait: number }) => {
    await findBuild(deps.builds, app, id);
    const hasEnded = async () => isFinishedBuild(await findBuild(deps.builds, app, id));
    const page = await followStory(deps, { app, id, after, wait, hasEnded });
    return { ...page, events: [...page.events] };
  };
