import type { Build } from '../builds/build.ts';
import { type Clock, timestamp } from '../clock.ts';
import { diffEnvironments } from '../environments/diff-environments.ts';
import { parseEnvironment } from '../environments/environment.ts';
import type { Releases } from './ports.ts';
import type { Release } from './release.ts';

export interface MakeRelease {
  readonly app: string;
  /** What the new release starts from. */
  readonly parent: Release | undefined;
  /** What must still be the latest release when the new one is written. */
  readonly latest: string | undefined;
  /** Brings its manifest and description. */
  readonly build?: Build | undefined;
  /** Sorted `K=V` lines. */
  readonly env?: string | undefined;
  readonly description?: string | undefined;
  readonly actor: string;
}

/**
 * Convox's rule: build and environment come from the parent; a given build brings its manifest and
 * description; a changed environment describes itself by its diff; a given description wins.
 * @throws NewerReleaseError when `latest` is not the latest release any more.
 */
export const makeRelease = (
  deps: { readonly releases: Releases; readonly clock: Clock },
  request: MakeRelease
): Promise<Release> => {
  const { app, parent = nothing, latest, build, actor } = request;
  const env = request.env ?? parent.env;
  const { manifest, description } = build ?? parent;
  const said = env === parent.env ? description : envDescription(parent.env, env);
  return deps.releases.create(
    {
      app,
      build: build?.id ?? parent.build,
      manifest,
      env,
      description: request.description ?? said,
      created: timestamp(deps.clock),
      actor,
    },
    latest
  );
};

/** What the first release of an app starts from. */
const nothing = { build: '', manifest: '', env: '', description: '' };

const envDescription = (before: string, after: string): string =>
  `env ${diffEnvironments(parseEnvironment(before), parseEnvironment(after))}`;
