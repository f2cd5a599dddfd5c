import { findOpenApp } from '../apps/find-app.ts';
import type { Apps } from '../apps/ports.ts';
import { findBuild } from '../builds/find-build.ts';
import type { Builds } from '../builds/ports.ts';
import type { Clock } from '../clock.ts';
import { formatEnvironment, parseEnvironment } from '../environments/environment.ts';
import { actorName, type Token } from '../tokens/token.ts';
import { refuseBadVariables } from './change-environment.ts';
import { findRelease, showRelease } from './find-release.ts';
import { makeRelease } from './make-release.ts';
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
  readonly env?: string | undefined;
  readonly 'parent-release'?: string | undefined;
}

export const createRelease =
  (deps: Dependencies) => async (request: CreateRelease, caller: Token | undefined) => {
    const { app, build } = request;
    await findOpenApp(deps.apps, app);
    const latest = await deps.releases.latest(app);
    const release = await makeRelease(deps, {
      app,
      parent: await parentOf(deps, request, latest),
      latest: latest?.id,
      build: build ? await findBuild(deps.builds, app, build) : undefined,
      env: checkedEnv(request.env),
      description: request.description || undefined,
      actor: actorName(caller),
    });
    return showRelease(release);
  };

const parentOf = (
  { releases }: Dependencies,
  request: CreateRelease,
  latest: Release | undefined
): Promise<Release | undefined> => {
  const parent = request['parent-release'];
  return parent ? findRelease(releases, request.app, parent) : Promise.resolve(latest);
};

/** Parsed and written again: sorted, without what Convox ignores. */
const checkedEnv = (text: string | undefined): string | undefined => {
  if (text === undefined) return undefined;
  const env = parseEnvironment(text);
  refuseBadVariables(env);
  return formatEnvironment(env);
};
