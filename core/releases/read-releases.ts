import type { Apps } from '../apps/ports.ts';
import { requireApp } from '../apps/require-app.ts';
import { findRelease, listRelease, showRelease } from './find-release.ts';
import type { Releases } from './ports.ts';

interface Dependencies {
  readonly apps: Apps;
  readonly releases: Releases;
}

export const listReleases =
  (deps: Dependencies) =>
  async ({ app, limit }: { readonly app: string; readonly limit: number }) => {
    await requireApp(deps.apps, app);
    return (await deps.releases.list(app, limit)).map(listRelease);
  };

export const getRelease =
  (deps: Dependencies) =>
  async ({ app, id }: { readonly app: string; readonly id: string }) => {
    await requireApp(deps.apps, app);
    return showRelease(await findRelease(deps.releases, app, id));
  };
