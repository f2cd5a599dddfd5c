import type { Apps } from '../apps/ports.ts';
import { requireOpenApp } from '../apps/require-open-app.ts';
import { isFinishedBuild } from '../builds/build.ts';
import { findBuild } from '../builds/find-build.ts';
import type { Builds } from '../builds/ports.ts';
import { ConflictError } from '../errors.ts';
import { actorName, type Token } from '../tokens/token.ts';
import { type GrantPushDependencies, grantPush } from './grant-push.ts';
import { repositoryUrl, showGrant } from './show-grant.ts';

interface Dependencies extends GrantPushDependencies {
  readonly apps: Apps;
  readonly builds: Pick<Builds, 'find'>;
}

/** As long as a push may take; a longer one asks again, and finds its layers there. */
const seconds = 900;

/** Leave to push an external build, for a quarter of an hour. */
export const createGrant =
  (deps: Dependencies) =>
  async ({ app, id }: { readonly app: string; readonly id: string }, caller: Token | undefined) => {
    await requireOpenApp(deps.apps, app);
    const build = await findBuild(deps.builds, app, id);
    if (!build.external) {
      throw new ConflictError(`build ${id} runs in the cluster, which pushes by itself`);
    }
    if (isFinishedBuild(build)) {
      throw new ConflictError(`build ${id} has ended already`, { hint: 'begin a new build' });
    }
    const actor = actorName(caller);
    const wish = { app, build: id, actor, seconds, withCache: false };
    const { grant, credential } = await grantPush(deps, wish);
    return { ...showGrant(grant, deps.clock()), url: repositoryUrl(credential) };
  };
