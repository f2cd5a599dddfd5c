import { largestSource } from '#core/objects/largest.ts';
import { CliError } from '../errors.ts';
import { bytesText } from '../ui/progress.ts';
import type { Source } from './find-source.ts';
import { listEntries } from './list-entries.ts';
import { neededBuilds, neededFiles } from './needed-files.ts';
import { requireReadable } from './require-readable.ts';
import { shownPath } from './shown-path.ts';
import { SourceArchive } from './source-archive.ts';
import { sourceRules } from './source-rules.ts';

export interface Packed {
  readonly archive: SourceArchive;
  /** What an archive can't hold, such as sockets. */
  readonly skipped: readonly string[];
}

/**
 * The archive of a source. It depends on nothing but names, contents, links and modes without what a
 * umask decides: the same source has the same bytes wherever and whenever it is packed. Hard links are
 * files of their own, because whether two names share a file is an accident. The manifest and what
 * else the rack reads before a build come first, so that it need not read on.
 */
export const pack = (source: Source): Packed => {
  const { folder } = source;
  const builds = neededBuilds(source.manifest);
  requireReadable(source, builds);
  const rules = sourceRules(folder, builds);
  const kept = neededFiles(source.manifestFile, builds);
  const { paths, skipped } = listEntries(folder, { rules, kept });
  const archive = new SourceArchive(folder, paths);
  requireSize(archive);
  return { archive, skipped };
};

const requireSize = (archive: SourceArchive): void => {
  if (archive.size <= largestSource) return;
  const files = archive
    .largest(3)
    .map(({ path, size }) => `${shownPath(path)} (${bytesText(size)})`);
  throw new CliError(
    'SourceTooLarge',
    `the source has ${bytesText(archive.size)}; ${bytesText(largestSource)} is the limit`,
    { hint: `leave files out with .dockerignore; the largest are ${files.join(', ')}` }
  );
};
