import { NotFoundError } from '../errors.ts';
import type { Build } from './build.ts';
import type { Builds } from './ports.ts';

export const findBuild = async (
  builds: Pick<Builds, 'find'>,
  app: string,
  id: string
): Promise<Build> => {
  const build = await builds.find(app, id);
  if (build) return build;
  throw new NotFoundError(`build not found: ${id}`, { hint: `see builds of app ${app}` });
};
