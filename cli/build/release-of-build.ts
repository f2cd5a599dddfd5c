import { createRelease, listReleases } from '#contracts/releases.ts';
import type { Context } from '../context.ts';
import { UsageError } from '../errors.ts';
import type { Options } from '../options.ts';

type WithBuild = Options & { readonly build: string };

/**
 * The release that takes a build out: the latest one if it is of that build, which then has the latest
 * environment, else a new one. Throws for a build that is unknown, has failed, or still goes on.
 */
export const releaseOfBuild = async (
  { call, out, app }: Context,
  folders: readonly string[],
  options: WithBuild
): Promise<string> => {
  const { build } = options;
  refuseBuilding(folders, options);
  const [latest] = await call(listReleases, { app: app(), limit: 1 });
  if (latest?.build === build) {
    out.print(`Using release ${latest.id}: the latest one is of build ${build}`);
    out.record({ type: 'release', release: latest.id, build });
    return latest.id;
  }
  out.step('Creating release');
  const { id } = await call(createRelease, { app: app(), build });
  out.done(id);
  out.record({ type: 'release', release: id, build });
  return id;
};

const refuseBuilding = ([folder]: readonly string[], options: WithBuild): void => {
  if (!options.build) throw new UsageError('--build needs the id of a build', { hint: howToFind });
  const given = folder === undefined ? flagsOfBuilding(options)[0] : `folder (${folder})`;
  if (given === undefined) return;
  throw new UsageError(`--build promotes a build that is there already: it takes no ${given}`, {
    hint: 'leave one of them out',
  });
};

const howToFind = 'list the builds with `rackless builds`';

const flagsOfBuilding = (options: Options): readonly string[] => {
  const flags: readonly (readonly [flag: string, isGiven: boolean])[] = [
    ['--build-args', options.buildArgs !== undefined],
    ['--description', options.description !== undefined],
    ['--development', options.development === true],
    ['--manifest', options.manifest !== undefined],
    ['--no-cache', options.cache === false],
    ['--external', options.external === true],
    ['--builder', options.builder !== undefined],
    ['--platform', options.platform !== undefined],
  ];
  return flags.flatMap(([flag, isGiven]) => (isGiven ? [flag] : []));
};
