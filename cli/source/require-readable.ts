import { realpathSync } from 'node:fs';
import { join, normalize } from 'node:path';
import { CliError } from '../errors.ts';
import type { Source } from './find-source.ts';
import type { NeededBuild } from './needed-files.ts';
import { shownPath } from './shown-path.ts';

/**
 * Refuses a manifest or Dockerfile that the rack would not find: it reads them before anything is
 * unpacked, so that a link leads it nowhere.
 */
export const requireReadable = (
  { folder, manifestFile }: Source,
  builds: readonly NeededBuild[]
): void => {
  const manifest = normalize(manifestFile);
  const linked = [manifest, ...builds.map((it) => it.dockerfile)].find((it) =>
    isLinked(folder, it)
  );
  if (linked === undefined) return;
  throw new CliError(
    'NeededFileIsLink',
    `${shownPath(linked)} is a link or in a linked folder, which the rack does not follow`,
    { hint: 'name the file that it leads to instead, or put a copy in its place' }
  );
};

const isLinked = (folder: string, path: string): boolean => {
  try {
    return realpathSync(join(folder, path)) !== join(realpathSync(folder), path);
  } catch {
    // It is not there or can't be read: who reads it says so.
    return false;
  }
};
