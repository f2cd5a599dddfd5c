import { findOpenApp } from '../apps/find-app.ts';
import type { Apps } from '../apps/ports.ts';
import type { Builds } from '../builds/ports.ts';
import type { Clock } from '../clock.ts';
import { actorName, type Token } from '../tokens/token.ts';
import { findRelease, showRelease } from './find-release.ts';
import { makeRelease } from './make-release.ts';
import type { Releases } from './ports.ts';

interface Dependencies {
  readonly apps: Apps;
  readonly builds: Builds;
  readonly releases: Releases;
  readonly clock: Clock;
}

/** A copy of an old release as the newest one: going back is going forward. */
export const rollbackRelease =
  (deps: Dependencies) =>
  async ({ app, id }: { readonly app: string; readonly id: string }, caller: Token | undefined) => {
    await findOpenApp(deps.apps, app);
    const [target, latest] = await Promise.all([
      findRelease(deps.releases, app, id),
      deps.releases.latest(app),
    ]);
    const release = await makeRelease(deps, {
      app,
      parent: target,
      latest: latest?.id,
      description: `rollback to ${id}`,
      actor: actorName(caller),
    });
    return showRelease(release);
  };
