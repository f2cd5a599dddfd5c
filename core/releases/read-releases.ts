import { findApp } from '../apps/find-app.ts';
import type { Apps } from '../apps/ports.ts';
import { findRelease, showRelease } from './find-release.ts';
import type { Releases } from './ports.ts';

interface Dependencies {
  readonly apps: Apps;
  readonly releases: Releases;
}

/** Environments stay out of lists: whoever may list may not read them. */
export const listReleases =
  (deps: Dependencies) =>
  async ({ app, limit }: { readonly app: string; readonly limit: number }) => {
    await findApp(deps.apps, app);
    const releases = await deps.releases.list(app, limit);
    return releases.map((it) => ({ ...showRelease(it), env: '' }));
  };

export const getRelease =
  (deps: Dependencies) =>
  async ({ app, id }: { readonly app: string; readonly id: string }) => {
    await findApp(deps.apps, app);
    return showRelease(await findRelease(deps.releases, app, id));
  };
