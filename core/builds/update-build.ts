import { findApp } from '../apps/find-app.ts';
import type { Apps } from '../apps/ports.ts';
import type { Build, BuildStatus } from './build.ts';
import { findBuild } from './find-build.ts';
import type { Builds } from './ports.ts';
import { showBuild } from './show-build.ts';

interface UpdateBuild {
  readonly app: string;
  readonly id: string;
  readonly ended?: string | undefined;
  readonly entrypoint?: string | undefined;
  readonly logs?: string | undefined;
  readonly manifest?: string | undefined;
  readonly release?: string | undefined;
  readonly started?: string | undefined;
  readonly status?: BuildStatus | undefined;
}

/** What a builder outside the cluster reports. Fields that are not given stay. */
export const updateBuild =
  (deps: { readonly apps: Apps; readonly builds: Builds }) =>
  async ({ app, id, logs: _address, ...fields }: UpdateBuild) => {
    await findApp(deps.apps, app);
    const build = await findBuild(deps.builds, app, id);
    const change = Object.fromEntries(
      Object.entries(fields).filter(([, value]) => value !== undefined)
    ) as Partial<Build>;
    if (Object.keys(change).length === 0) return showBuild(build);
    return showBuild(await deps.builds.change(app, id, change));
  };
