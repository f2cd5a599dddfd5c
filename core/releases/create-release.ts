import type { Apps } from '../apps/ports.ts';
import { requireOpenApp } from '../apps/require-open-app.ts';
import type { Build } from '../builds/build.ts';
import { findBuild } from '../builds/find-build.ts';
import type { Builds } from '../builds/ports.ts';
import type { Clock } from '../clock.ts';
import { parseEnvironment } from '../environments/environment.ts';
import { ConflictError } from '../errors.ts';
import { actorName, type Token } from '../tokens/token.ts';
import { checkEnvironment } from './check-environment.ts';
import { showRelease, usableRelease } from './find-release.ts';
import { makeRelease } from './make-release.ts';
import { onLatestRelease } from './on-latest-release.ts';
import type { Releases } from './ports.ts';
import type { Release } from './release.ts';

interface Dependencies {
  readonly apps: Apps;
  readonly builds: Builds;
  readonly releases: Releases;
  readonly clock: Clock;
}

interface CreateRelease {
  readonly app: string;
  readonly build?: string | undefined;
  readonly description?: string | undefined;
  /** Parsed and written again: sorted, without what Convox ignores. */
  readonly env?: string | undefined;
  readonly 'parent-release'?: string | undefined;
}

/** Convox's way to make a release, with the whole environment in the request. */
export const createRelease =
  (deps: Dependencies) => async (request: CreateRelease, caller: Token | undefined) => {
    const { app } = request;
    await requireOpenApp(deps.apps, app);
    const env =
      request.env === undefined ? undefined : checkEnvironment(parseEnvironment(request.env));
    const release = await onLatestRelease(deps.releases, app, async (latest) => {
      const parent = await parentOf(deps, request, latest);
      return makeRelease(deps, {
        app,
        parent,
        latest: latest?.id,
        build: await buildOf(deps, request, parent),
        env,
        description: request.description || undefined,
        actor: actorName(caller),
      });
    });
    await nameRelease(deps.builds, request.build, release);
    return showRelease(release);
  };

/** An import leaves its release to its client: the first one that is made of it counts, whoever is faster. */
const nameRelease = async (
  builds: Builds,
  id: string | undefined,
  { app, id: release }: Release
): Promise<void> => {
  const build = id ? await builds.find(app, id) : undefined;
  if (!build?.imported || build.release) return;
  try {
    await builds.nameRelease(app, build.id, release);
  } catch (error) {
    if (!(error instanceof ConflictError)) throw error;
  }
};

const parentOf = async (
  { releases }: Dependencies,
  request: CreateRelease,
  latest: Release | undefined
): Promise<Release | undefined> => {
  const parent = request['parent-release'];
  return parent ? usableRelease(releases, request.app, parent) : latest;
};

/** The parent's build may have been swept: the release keeps what it took from it. */
const buildOf = async (
  { builds }: Dependencies,
  { app, build }: CreateRelease,
  parent: Release | undefined
): Promise<Build | undefined> => {
  if (build) return commit(builds, await findBuild(builds, app, build));
  return parent?.build ? builds.find(app, parent.build) : undefined;
};

/** From now on it can't be cancelled. @throws ConflictError for a build that has failed or goes on. */
const commit = async (builds: Builds, build: Build): Promise<Build> => {
  const { app, id, status, reason, external } = build;
  if (status === 'failed') {
    throw new ConflictError(`build ${id} has failed${reason && `: ${reason}`}`, {
      hint: 'build again',
    });
  }
  if (status === 'complete') return build;
  // One in the cluster makes its release itself; that of an external one is part of its end.
  if (external) return builds.change(app, id, { committed: true });
  throw new ConflictError(`build ${id} is not complete yet: it is ${status}`, {
    hint: 'it makes its release by itself when it is complete',
  });
};
