import type { Source } from './find-source.ts';
import { listEntries } from './list-entries.ts';
import { neededBuilds, neededFiles } from './needed-files.ts';
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
  const rules = sourceRules(folder, builds);
  const kept = neededFiles(source.manifestFile, builds);
  const { paths, skipped } = listEntries(folder, { rules, kept });
  return { archive: new SourceArchive(folder, paths), skipped };
};
