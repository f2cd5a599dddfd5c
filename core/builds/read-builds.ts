import type { Apps } from '../apps/ports.ts';
import { requireApp } from '../apps/require-app.ts';
import { ExpiredError } from '../errors.ts';
import type { StoryEvent } from '../events/event.ts';
import { type FollowDependencies, followStory } from '../events/follow-story.ts';
import { readStory } from '../events/read-story.ts';
import { keyOf } from '../objects/object-key.ts';
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
    await requireApp(deps.apps, app);
    return (await deps.builds.list(app, limit)).map((it) => showBuild(it));
  };

export const getBuild =
  (deps: Dependencies) =>
  async ({ app, id }: One) => {
    await requireApp(deps.apps, app);
    return showBuild(await findBuild(deps.builds, app, id));
  };

/** The kept log of a build that has ended, or what there is of one that runs. */
export const getBuildLogs =
  (deps: Dependencies) =>
  async ({ app, id }: One): Promise<string> => {
    await requireApp(deps.apps, app);
    const { logs = '', expired } = await findBuild(deps.builds, app, id);
    if (expired) throw new ExpiredError('build', id);
    const kept = await deps.objects.readText(app, keyOf(app, logs) ?? `builds/${id}/log`);
    return endOf(kept ?? textOf(await readStory(deps.stories, { app, id })));
  };

const textOf = (events: readonly StoryEvent[]): string =>
  events.map((it) => `${it.text}\n`).join('');

/** An answer holds 6 MB at most, and the end of a log is what tells why a build failed. */
const longest = 5_000_000;

const endOf = (log: string): string => {
  const bytes = Buffer.from(log);
  if (bytes.length <= longest) return log;
  const end = bytes.subarray(bytes.length - longest).toString();
  return `(the first ${bytes.length - longest} bytes are left out)\n${end}`;
};

export const listBuildEvents =
  (deps: Dependencies) =>
  async ({ app, id, after, wait }: One & { readonly after: number; readonly wait: number }) => {
    await requireApp(deps.apps, app);
    const hasEnded = async () => isFinishedBuild(await findBuild(deps.builds, app, id));
    return followStory(deps, { app, id, after, wait, hasEnded });
  };
