import type { Apps } from '../apps/ports.ts';
import { requireOpenApp } from '../apps/require-open-app.ts';
import type { Clock } from '../clock.ts';
import { actorName, type Token } from '../tokens/token.ts';
import { listRelease, usableRelease } from './find-release.ts';
import { makeRelease } from './make-release.ts';
import { onLatestRelease } from './on-latest-release.ts';
import type { Releases } from './ports.ts';

interface Dependencies {
  readonly apps: Apps;
  readonly releases: Releases;
  readonly clock: Clock;
}

/** A copy of an old release as the newest one: going back is going forward. No value travels. */
export const rollbackRelease =
  (deps: Dependencies) =>
  async ({ app, id }: { readonly app: string; readonly id: string }, caller: Token | undefined) => {
    await requireOpenApp(deps.apps, app);
    const parent = await usableRelease(deps.releases, app, id);
    const release = await onLatestRelease(deps.releases, app, (latest) =>
      makeRelease(deps, {
        app,
        parent,
        latest: latest?.id,
        description: `rollback to ${id}`,
        actor: actorName(caller),
      })
    );
    return listRelease(release);
  };
