import { getRelease, listReleases, type Release } from '#contracts/releases.ts';
import type { Context } from '../context.ts';
import { parseVariables, type Variables } from './variables.ts';

export interface Environment {
  /** The release it belongs to; undefined for an app that has none yet. */
  readonly release: Release | undefined;
  readonly variables: Variables;
}

/** The environment of a release; of the latest one when none is named. */
export const readEnvironment = async (
  { call, app }: Context,
  wanted: string | undefined
): Promise<Environment> => {
  const id = wanted ?? (await call(listReleases, { app: app(), limit: 1 }))[0]?.id;
  const release = id === undefined ? undefined : await call(getRelease, { app: app(), id });
  return { release, variables: parseVariables(release?.env ?? '') };
};
