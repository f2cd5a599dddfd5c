import { ExpiredError, NotFoundError } from '../errors.ts';
import type { Releases } from './ports.ts';
import type { ListedRelease, Release } from './release.ts';

export const findRelease = async (
  releases: Pick<Releases, 'find'>,
  app: string,
  id: string
): Promise<Release> => {
  const release = await releases.find(app, id);
  if (release) return release;
  throw new NotFoundError(`release not found: ${id}`, {
    hint: `see the releases of app ${app}`,
  });
};

/**
 * One to make something of, rather than to show.
 * @throws NotFoundError, ExpiredError.
 */
export const usableRelease = async (
  releases: Pick<Releases, 'find'>,
  app: string,
  id: string
): Promise<Release> => {
  const release = await findRelease(releases, app, id);
  if (release.expired) throw new ExpiredError('release', id);
  return release;
};

/** A release as the wire shows it to those who may read environments. */
export const showRelease = ({ actor: _actor, ...release }: Release) => release;

/** The same without the environment, which the wire leaves empty. */
export const listRelease = ({ actor: _actor, ...release }: ListedRelease) => ({
  ...release,
  env: '',
});
