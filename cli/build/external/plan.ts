import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { getRelease, listReleases } from '#contracts/releases.ts';
import { dockerfileOf, planBuild, type SourcePlan } from '#core/builds/build-plan.ts';
import { type Environment, parseEnvironment } from '#core/environments/environment.ts';
import { DomainError } from '#core/errors.ts';
import { distinctBuilds } from '#core/manifests/distinct-builds.ts';
import type { Manifest } from '#core/manifests/manifest.ts';
import { parseManifest } from '#core/manifests/parse-manifest.ts';
import type { Context } from '../../context.ts';
import { ApiError, CliError } from '../../errors.ts';
import type { Source } from '../../source/find-source.ts';
import { unreadable } from '../../source/unreadable.ts';

export interface ExternalPlan extends SourcePlan {
  /** Values of the build arguments. */
  readonly env: Environment;
}

interface Wish {
  readonly args: Environment;
  readonly development: boolean;
}

/** What has to be built, by the same rules as in the rack. @throws CliError for a bad manifest. */
export const planExternal = async (
  context: Context,
  source: Source,
  { args, development }: Wish
): Promise<ExternalPlan> => {
  const env = { ...(await latestEnvironment(context)), ...args };
  try {
    // What the app may ask for is the rack's to judge.
    const manifest = parseManifest(source.manifest, { env, policy: 'privileged' });
    for (const { message, line } of manifest.warnings) {
      context.out.note(`warning: ${message} (line ${line})`);
    }
    const dockerfiles = readDockerfiles(source, manifest);
    return { ...planBuild({ manifest, dockerfiles, env, development }), env };
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    throw new CliError(error.code, error.message, { hint: error.hint, cause: error });
  }
};

/** Convox's rule: a build knows the environment of the latest release. Who may not read it goes without. */
const latestEnvironment = async ({ call, out, app }: Context): Promise<Environment> => {
  const [latest] = await call(listReleases, { app: app(), limit: 1 });
  if (!latest) return {};
  try {
    return parseEnvironment((await call(getRelease, { app: app(), id: latest.id })).env);
  } catch (error) {
    if (!(error instanceof ApiError && error.status === 403)) throw error;
    out.note('Building without the environment of the app: this token may not read it');
    return {};
  }
};

const readDockerfiles = ({ folder }: Source, manifest: Manifest): ReadonlyMap<string, string> =>
  new Map(
    distinctBuilds(manifest)
      .map(dockerfileOf)
      .filter((path) => statSync(join(folder, path), { throwIfNoEntry: false })?.isFile())
      .map((path) => [path, readText(folder, path)])
  );

const readText = (folder: string, path: string): string => {
  try {
    return readFileSync(join(folder, path), 'utf8');
  } catch (error) {
    throw unreadable(path, error);
  }
};
