import type { Apps } from '../apps/ports.ts';
import { requireApp } from '../apps/require-app.ts';
import { timestamp } from '../clock.ts';
import { ConflictError } from '../errors.ts';
import { type RevokeGrantsDependencies, revokeGrants } from '../grants/revoke-grants.ts';
import { actorName, type Token } from '../tokens/token.ts';
import { type Build, isFinishedBuild } from './build.ts';
import { findBuild } from './find-build.ts';
import type { Builds } from './ports.ts';
import { showBuild } from './show-build.ts';

interface Dependencies extends RevokeGrantsDependencies {
  readonly apps: Apps;
  readonly builds: Builds;
}

/**
 * Ends a build at once, without a release, and takes its credentials back. What runs in the cluster is
 * deleted by the build's own state machine, which sees the end within seconds. Can be repeated.
 */
export const cancelBuild =
  (deps: Dependencies) =>
  async ({ app, id }: { readonly app: string; readonly id: string }, caller: Token | undefined) => {
    await requireApp(deps.apps, app);
    const build = await findBuild(deps.builds, app, id);
    const cancelled = build.cancelledBy ? build : await cancel(deps, build, actorName(caller));
    await revokeGrants(deps, app, (it) => it.build === id);
    return showBuild(cancelled);
  };

const cancel = async (deps: Dependencies, build: Build, actor: string): Promise<Build> => {
  refuseFinished(build);
  const { app, id } = build;
  const end = { reason: `cancelled by ${actor}`, cancelledBy: actor, ended: timestamp(deps.clock) };
  try {
    return await deps.builds.cancel(app, id, end);
  } catch (error) {
    if (!(error instanceof ConflictError)) throw error;
    return afterConflict(await findBuild(deps.builds, app, id));
  }
};

/** Somebody was faster: with a cancellation, which will do, or with an end. */
const afterConflict = (build: Build): Build => {
  if (build.cancelledBy) return build;
  refuseFinished(build);
  throw new ConflictError(`build ${build.id} is making its release: it is too late to cancel it`, {
    hint: 'a release changes nothing until it is promoted',
  });
};

const refuseFinished = (build: Build): void => {
  if (!isFinishedBuild(build)) return;
  const { id, status, release, reason } = build;
  throw new ConflictError(
    status === 'complete'
      ? `build ${id} is complete already${release && `: it made release ${release}`}`
      : `build ${id} has failed already${reason && `: ${reason}`}`
  );
};
