import { findOpenApp } from '../apps/find-app.ts';
import type { Apps } from '../apps/ports.ts';
import type { Clock } from '../clock.ts';
import {
  invalidNames,
  maskedNames,
  setVariables,
  unsetVariables,
} from '../environments/change-environment.ts';
import {
  byText,
  type Environment,
  formatEnvironment,
  parseEnvironment,
} from '../environments/environment.ts';
import { ConflictError, InvalidRequestError, NotFoundError } from '../errors.ts';
import { actorName, type Token } from '../tokens/token.ts';
import { findRelease, showRelease } from './find-release.ts';
import { makeRelease } from './make-release.ts';
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

/** Sets and unsets variables on the server: values that stay never travel. */
export const changeEnvironment =
  (deps: Dependencies) => async (request: ChangeEnvironment, caller: Token | undefined) => {
    const { app } = request;
    await findOpenApp(deps.apps, app);
    refuseBadVariables(request.set);
    const latest = await deps.releases.latest(app);
    await refuseStale(deps, latest, request);
    const parent = request.release
      ? await findRelease(deps.releases, app, request.release)
      : latest;
    const before = parseEnvironment(parent?.env ?? '');
    refuseUnknown(request.unset, before);
    const kept = unsetVariables(request.replace ? {} : before, request.unset);
    const release = await makeRelease(deps, {
      app,
      parent,
      latest: latest?.id,
      env: formatEnvironment(setVariables(kept, request.set)),
      actor: actorName(caller),
    });
    return showRelease(release);
  };

/** A mask that comes back would wipe the value; a bad name would never reach a process. */
export const refuseBadVariables = (env: Environment): void => {
  const masked = maskedNames(env);
  if (masked.length > 0) {
    throw new InvalidRequestError(`env: masked value for ${masked.join(', ')}`, {
      hint: 'send the value itself, or leave the variable out',
    });
  }
  const invalid = invalidNames(env);
  if (invalid.length > 0) {
    throw new InvalidRequestError(`env: invalid variable name: ${invalid.join(', ')}`);
  }
};

const refuseUnknown = (names: readonly string[], env: Environment): void => {
  const unknown = names.filter((name) => !Object.hasOwn(env, name));
  if (unknown.length > 0) throw new NotFoundError(`env not found: ${unknown.join(', ')}`);
};

const refuseStale = async (
  deps: Dependencies,
  latest: Release | undefined,
  request: ChangeEnvironment
): Promise<void> => {
  const basedOn = request['based-on'];
  if (!basedOn || !latest || basedOn === latest.id) return;
  const base = await findRelease(deps.releases, request.app, basedOn);
  const [old, now] = [parseEnvironment(base.env), parseEnvironment(latest.env)];
  const changed = [...new Set([...Object.keys(old), ...Object.keys(now)])]
    .filter((name) => old[name] !== now[name])
    .toSorted(byText);
  throw new ConflictError(
    `release ${latest.id} is newer than ${basedOn}; changed in between: ${changed.join(', ') || 'no variable'}`,
    { hint: 'look at the environment again, then repeat the change' }
  );
};
