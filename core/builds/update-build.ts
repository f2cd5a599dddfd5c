import type { Apps } from '../apps/ports.ts';
import { requireOpenApp } from '../apps/require-open-app.ts';
import { ConflictError, InvalidRequestError } from '../errors.ts';
import { findRelease } from '../releases/find-release.ts';
import type { Releases } from '../releases/ports.ts';
import type { Build, BuildStatus } from './build.ts';
import { findBuild } from './find-build.ts';
import type { Builds } from './ports.ts';
import { showBuild } from './show-build.ts';

interface Dependencies {
  readonly apps: Apps;
  readonly builds: Builds;
  readonly releases: Releases;
}

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
  (deps: Dependencies) =>
  async ({ app, id, logs: _address, ...fields }: UpdateBuild) => {
    await requireOpenApp(deps.apps, app);
    const build = await findBuild(deps.builds, app, id);
    if (!build.external) {
      throw new ConflictError(`build ${id} runs in the cluster, which reports on it itself`);
    }
    await refuseStrangeRelease(deps, build, fields.release);
    const change = Object.fromEntries(
      Object.entries(fields).filter(([, value]) => value !== undefined)
    ) as Partial<Build>;
    if (Object.keys(change).length === 0) return showBuild(build);
    return showBuild(await deps.builds.change(app, id, change));
  };

/** The client promotes what a build names as its release. */
const refuseStrangeRelease = async (
  { releases }: Dependencies,
  { app, id }: Build,
  release: string | undefined
): Promise<void> => {
  if (!release) return;
  const { build } = await findRelease(releases, app, release);
  if (build !== id) throw new InvalidRequestError(`release ${release} is not of build ${id}`);
};
