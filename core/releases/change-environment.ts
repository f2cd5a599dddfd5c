import type { Apps } from '../apps/ports.ts';
import { requireOpenApp } from '../apps/require-open-app.ts';
import type { Clock } from '../clock.ts';
import { setVariables, unsetVariables } from '../environments/change-environment.ts';
import { byText, type Environment, parseEnvironment } from '../environments/environment.ts';
import { ConflictError, NotFoundError } from '../errors.ts';
import { actorName, type Token } from '../tokens/token.ts';
import { checkEnvironment } from './check-environment.ts';
import { findRelease, listRelease, usableRelease } from './find-release.ts';
import { makeRelease } from './make-release.ts';
import { onLatestRelease } from './on-latest-release.ts';
import type { Releases } from './ports.ts';
import type { Release } from './release.ts';

interface Dependencies {
  readonly apps: Apps;
  readonly releases: Releases;
  readonly clock: Clock;
}

interface ChangeEnvironment {
  readonly app: string;
  readonly set: Environment;
  readonly unset: readonly string[];
  readonly replace: boolean;
  readonly release?: string | undefined;
  readonly 'based-on'?: string | undefined;
}

/** Sets and unsets variables on the server. No value travels, in neither direction. */
export const changeEnvironment =
  (deps: Dependencies) => async (request: ChangeEnvironment, caller: Token | undefined) => {
    const { app } = request;
    await requireOpenApp(deps.apps, app);
    checkEnvironment(request.set);
    const release = await onLatestRelease(deps.releases, app, async (latest) => {
      await refuseStale(deps, latest, request);
      const parent = request.release
        ? await usableRelease(deps.releases, app, request.release)
        : latest;
      const env = changed(parseEnvironment(parent?.env ?? ''), request);
      const actor = actorName(caller);
      return makeRelease(deps, { app, parent, latest: latest?.id, env, actor });
    });
    return listRelease(release);
  };

const changed = (before: Environment, { set, unset, replace }: ChangeEnvironment): string => {
  const unknown = unset.filter((name) => !Object.hasOwn(before, name));
  if (unknown.length > 0) throw new NotFoundError(`env not found: ${unknown.join(', ')}`);
  return checkEnvironment(setVariables(unsetVariables(replace ? {} : before, unset), set));
};

/** Names what changed since the release that the caller has seen. Values stay out of messages. */
const refuseStale = async (
  deps: Dependencies,
  latest: Release | undefined,
  request: ChangeEnvironment
): Promise<void> => {
  const basedOn = request['based-on'];
  if (!basedOn || !latest || basedOn === latest.id) return;
  const base = await findRelease(deps.releases, request.app, basedOn);
  if (base.expired) {
    throw new ConflictError(`release ${latest.id} is newer than ${basedOn}, which has expired`, {
      hint: lookAgain,
    });
  }
  const [old, now] = [parseEnvironment(base.env), parseEnvironment(latest.env)];
  const names = [...new Set([...Object.keys(old), ...Object.keys(now)])]
    .filter((name) => old[name] !== now[name])
    .toSorted(byText);
  throw new ConflictError(
    `release ${latest.id} is newer than ${basedOn}; changed in between: ${names.join(', ') || 'no variable'}`,
    { hint: lookAgain }
  );
};

const lookAgain = 'look at the environment again, then repeat the change';
