import {
  closeSync,
  createWriteStream,
  mkdtempSync,
  openSync,
  rmSync,
  type Stats,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { largestArchive } from '#core/objects/largest.ts';
import { CliError } from '../errors.ts';
import type { Host } from '../host.ts';
import type { PiecedContent } from '../source/chunks.ts';
import { readFully } from '../source/read-fully.ts';
import { bytesText } from '../ui/progress.ts';

/** An archive on this machine. */
export interface LocalArchive extends PiecedContent {
  /** Leaves nothing behind. */
  close(): void;
}

/** Opens an archive, of a file or of stdin, which is kept in a temporary file meanwhile. @throws CliError */
export const openArchive = async (
  host: Pick<Host, 'cwd' | 'input'>,
  file: string | undefined
): Promise<LocalArchive> => {
  if (file !== undefined) return open(resolve(host.cwd, file), file);
  const folder = mkdtempSync(join(tmpdir(), 'rackless-import-'));
  try {
    const path = join(folder, 'archive');
    await pipeline(host.input.read(), createWriteStream(path, { mode: 0o600 }));
    return open(path, 'what comes from stdin');
  } finally {
    // An open file stays readable without its name.
    rmSync(folder, { recursive: true, force: true });
  }
};

const open = (path: string, name: string): LocalArchive => {
  const { size } = statsOf(path, name);
  const file = openSync(path, 'r');
  const read = (position: number, target: Buffer): void => {
    if (!readFully(file, position, target)) throw changed(name);
  };
  const close = (): void => closeSync(file);
  try {
    requireGzip(read, size, name);
  } catch (error) {
    close();
    throw error;
  }
  // Its layers are compressed, and so is the whole.
  return { purpose: 'import', size, compression: 0, read, changed: () => changed(name), close };
};

const statsOf = (path: string, name: string): Stats => {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (!stats) throw refused(`no such file: ${name}`);
  if (!stats.isFile()) throw refused(`${name} is not a file`);
  if (stats.size === 0) throw refused(`${name} is empty`);
  if (stats.size <= largestArchive) return stats;
  const sizes = `${bytesText(stats.size)}; ${bytesText(largestArchive)} is the limit`;
  throw new CliError('TooLarge', `${name} has ${sizes}`, {
    hint: 'copy its images with a tool like skopeo, and build from images',
  });
};

const requireGzip = (read: LocalArchive['read'], size: number, name: string): void => {
  const start = Buffer.alloc(Math.min(size, 2));
  read(0, start);
  if (start.equals(Buffer.from([0x1f, 0x8b]))) return;
  throw refused(`${name} is not an archive of a build: it is not compressed with gzip`);
};

const changed = (name: string): CliError =>
  new CliError('ArchiveChanged', `${name} changed while it was read`, {
    hint: 'run the command again once nothing writes to it',
  });

const refused = (why: string): CliError =>
  new CliError('UnreadableArchive', why, {
    hint: 'make one: rackless builds export BUILD --file FILE',
  });
