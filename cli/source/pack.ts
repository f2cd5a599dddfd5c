import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Pack } from 'tar';
import { CliError } from '../errors.ts';
import type { Source } from './find-source.ts';
import { ignoreRules } from './ignore-rules.ts';
import { listEntries } from './list-entries.ts';
import { neededFiles } from './needed-files.ts';
import { unreadable } from './unreadable.ts';

export interface Archive {
  /** A temporary file; `remove` deletes it. */
  readonly file: string;
  readonly sha256: string;
  readonly size: number;
  /** What an archive can't hold, such as sockets. */
  readonly skipped: readonly string[];
  remove(): Promise<void>;
}

/**
 * A tar.gz that depends on nothing but names, contents, links and execute bits: the same source has the
 * same hash wherever and whenever it is packed. It goes through a file, so that memory stays small.
 */
export const pack = async (source: Source): Promise<Archive> => {
  const { folder } = source;
  const ignoreFile = join(folder, '.dockerignore');
  const rules = ignoreRules(existsSync(ignoreFile) ? readFileSync(ignoreFile, 'utf8') : '');
  const kept = neededFiles(source.manifestFile, source.manifest);
  const { paths, skipped } = await listEntries(folder, { rules, kept });
  const temporary = await mkdtemp(join(tmpdir(), 'rackless-'));
  const remove = (): Promise<void> => rm(temporary, { recursive: true, force: true });
  const file = join(temporary, 'source.tgz');
  try {
    return { file, skipped, remove, ...(await write(file, folder, paths)) };
  } catch (error) {
    await remove();
    throw error;
  }
};

const write = async (
  file: string,
  folder: string,
  paths: readonly string[]
): Promise<{ sha256: string; size: number }> => {
  const hash = createHash('sha256');
  let size = 0;
  const target = await open(file, 'wx', 0o600);
  try {
    for await (const chunk of archive(folder, paths)) {
      hash.update(chunk);
      size += chunk.length;
      await target.write(chunk);
    }
  } catch (error) {
    throw asFailure(error);
  } finally {
    await target.close();
  }
  return { sha256: hash.digest('hex'), size };
};

/** Hard links are packed as files of their own: whether two names share a file is an accident. */
class NoLinks extends Map<`${number}:${number}`, string> {
  override get(): undefined {
    return undefined;
  }
}

const archive = (folder: string, paths: readonly string[]): Pack => {
  const stream = new Pack({
    cwd: folder,
    gzip: { level: 6 },
    portable: true,
    mtime: new Date(0),
    noDirRecurse: true,
    maxReadSize: 1024 * 1024,
    strict: true,
    preservePaths: false,
    linkCache: new NoLinks(),
  });
  for (const path of paths) stream.add(path);
  stream.end();
  return stream;
};

/** node-tar names the file it could not read; without one, it was the archive that failed. */
const asFailure = (error: unknown): unknown => {
  if (!(error instanceof Error)) return error;
  if ('path' in error) return unreadable(String(error.path), error);
  return new CliError('PackFailed', `cannot write the archive to ${tmpdir()}: ${error.message}`, {
    hint: 'it needs room for a copy of the source; TMPDIR names another folder',
    cause: error,
  });
};
