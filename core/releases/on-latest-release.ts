import { NewerReleaseError } from '../errors.ts';
import type { Releases } from './ports.ts';
import type { Release } from './release.ts';

const tries = 5;

/**
 * Makes a release from the latest one. If another is made at the same time, that one is the latest
 * and the work starts again from it: for changes that say what to do, not what comes out.
 */
export const onLatestRelease = async (
  releases: Releases,
  app: string,
  make: (latest: Release | undefined) => Promise<Release>
): Promise<Release> => {
  for (let left = tries; ; left--) {
    try {
      return await make(await releases.latest(app));
    } catch (error) {
      if (!(error instanceof NewerReleaseError) || left === 1) throw error;
    }
  }
};
