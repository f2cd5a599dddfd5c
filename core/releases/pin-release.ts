import type { Apps } from '../apps/ports.ts';
import { requireOpenApp } from '../apps/require-open-app.ts';
import { listRelease } from './find-release.ts';
import type { Releases } from './ports.ts';

interface Dependencies {
  readonly apps: Apps;
  readonly releases: Pick<Releases, 'pin'>;
}

/** Keeps a release however old it gets. @throws ExpiredError for one that is gone already. */
export const pinRelease =
  ({ apps, releases }: Dependencies) =>
  async ({ app, id }: { readonly app: string; readonly id: string }) => {
    await requireOpenApp(apps, app);
    return listRelease(await releases.pin(app, id, true));
  };
