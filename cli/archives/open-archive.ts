import { createHash } from 'node:crypto';
import {
  createReadStream,
  createWriteStream,
  mkdtempSync,
  rmSync,
  type Stats,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { CliError } from '../errors.ts';
import type { Host } from '../host.ts';
import type { StreamedContent } from '../put-content.ts';
import { bytesText } from '../ui/progress.ts';

/** An archive on this machine, with what names it. */
export interface LocalArchive {
  /** Hex. */
  readonly sha256: string;
  readonly content: StreamedContent;
  /** Leaves nothing behind. */
  close(): void;
}

/** What S3 takes by one PUT. */
const largest = 5_000_000_000;

/** Opens an archive, of a file or of stdin, which is kept in a temporary file meanwhile. @throws CliError */
export const openArchive = async (
  host: Pick<Host, 'cwd' | 'input'>,
  file: string | undefined
): Promise<LocalArchive> => {
  if (file !== undefined) return read(resolve(host.cwd, file), file, () => undefined);
  const folder = mkdtempSync(join(tmpdir(), 'rackless-import-'));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  try {
    const path = join(folder, 'archive');
    await pipeline(host.input.read(), createWriteStream(path, { mode: 0o600 }));
    return await read(path, 'what comes from stdin', remove);
  } catch (error) {
    remove();
    throw error;
  }
};

const read = async (path: string, name: string, close: () => void): Promise<LocalArchive> => {
  const { size } = statsOf(path, name);
  const hash = createHash('sha256');
  let start = Buffer.alloc(0);
  for await (const part of createReadStream(path)) {
    if (start.length < 2) start = Buffer.concat([start, part.subarray(0, 2)]);
    hash.update(part);
  }
  if (start[0] !== 0x1f || start[1] !== 0x8b) {
    throw refused(`${name} is not an archive of a build: it is not compressed with gzip`);
  }
  const content = { length: size, slices: () => createReadStream(path) };
  return { sha256: hash.digest('hex'), content, close };
};

const statsOf = (path: string, name: string): Stats => {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (!stats) throw refused(`no such file: ${name}`);
  if (!stats.isFile()) throw refused(`${name} is not a file`);
  if (stats.size === 0) throw refused(`${name} is empty`);
  if (stats.size <= largest) return stats;
  throw new CliError('TooLarge', `${name} has ${bytesText(stats.size)}; 5 GB is the limit`, {
    hint: 'copy its images with a tool like skopeo, and build from images',
  });
};

const refused = (why: string): CliError =>
  new CliError('UnreadableArchive', why, {
    hint: 'make one: rackless builds export BUILD --file FILE',
  });
