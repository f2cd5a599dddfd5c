import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Source } from './find-source.ts';
import { ignoreRules } from './ignore-rules.ts';
import { listEntries } from './list-entries.ts';
import { neededFiles } from './needed-files.ts';
import { SourceArchive } from './source-archive.ts';

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
  const ignoreFile = join(folder, '.dockerignore');
  const rules = ignoreRules(existsSync(ignoreFile) ? readFileSync(ignoreFile, 'utf8') : '');
  const kept = neededFiles(source.manifestFile, source.manifest);
  const { paths, skipped } = listEntries(folder, { rules, kept });
  return { archive: new SourceArchive(folder, paths), skipped };
};
