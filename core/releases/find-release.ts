import { NotFoundError } from '../errors.ts';
import type { Releases } from './ports.ts';
import type { Release } from './release.ts';

export const findRelease = async (
  releases: Releases,
  app: string,
  id: string
): Promise<Release> => {
  const release = await releases.find(app, id);
  if (release) return release;
  throw new NotFoundError(`release not found: ${id}`, {
    hint: `see the releases of app ${app}`,
  });
};

/** A release as the wire shows it. Who may not see the environment gets the list form. */
export const showRelease = ({ actor: _actor, ...release }: Release) => release;
