import type { Apps } from '../apps/ports.ts';
import { requireOpenApp } from '../apps/require-open-app.ts';
import { listRelease } from './find-release.ts';
import type { Releases } from './ports.ts';

interface Dependencies {
  readonly apps: Apps;
  readonly releases: Pick<Releases, 'pin'>;
}

/** Leaves a release to expire when its time has come; one without a pin stays as it is. */
export const unpinRelease =
  ({ apps, releases }: Dependencies) =>
  async ({ app, id }: { readonly app: string; readonly id: string }) => {
    await requireOpenApp(apps, app);
    return listRelease(await releases.pin(app, id, false));
  };
