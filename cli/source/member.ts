import { lstatSync, readlinkSync, type Stats } from 'node:fs';
import { join } from 'node:path';
import { Header, Pax } from 'tar';
import { CliError } from '../errors.ts';
import { shownBytes, shownPath } from './shown-path.ts';
import { unreadableNow } from './unreadable.ts';

/** One entry of a tar archive. */
export interface Member {
  /** Relative to the source, with forward slashes; a folder's ends with one. */
  readonly path: string;
  readonly type: 'File' | 'Directory' | 'SymbolicLink';
  readonly mode: number;
  /** Of the content, in bytes. */
  readonly size: number;
  /** Target of a link. */
  readonly link: string | undefined;
  /** When it was changed last, in ms. */
  readonly changed: number;
}

export const blockSize = 512;

/** An entry as it is on disk now. @throws CliError naming the file if it can't be read. */
export const memberOf = (folder: string, path: string): Member => {
  const absolute = join(folder, path);
  try {
    const stats = lstatSync(absolute);
    const type = typeOf(stats);
    return {
      path: type === 'Directory' ? `${path}/` : path,
      type,
      mode: modeOf(stats, type),
      size: type === 'File' ? stats.size : 0,
      link: type === 'SymbolicLink' ? targetOf(absolute, path) : undefined,
      changed: stats.ctimeMs,
    };
  } catch (error) {
    throw unreadableNow(path, error);
  }
};

const targetOf = (absolute: string, path: string): string => {
  const bytes = readlinkSync(absolute, { encoding: 'buffer' });
  const target = bytes.toString();
  if (bytes.equals(Buffer.from(target))) return target;
  const shown = `${shownPath(path)} -> ${shownBytes(bytes)}`;
  throw new CliError('NameNotText', `the target of a link is not UTF-8: ${shown}`, {
    hint: 'let it lead to another name, or leave it out with a line in .dockerignore',
  });
};

const typeOf = (stats: Stats): Member['type'] => {
  if (stats.isSymbolicLink()) return 'SymbolicLink';
  return stats.isDirectory() ? 'Directory' : 'File';
};

/** Without what a umask decides: a source is the same whether 664 or 644 is somebody's habit. */
const modeOf = ({ mode }: Stats, type: Member['type']): number => {
  const owned = ((mode & 0o7777) | 0o600) & ~0o022;
  const listable = (owned & 0o444) >> 2;
  return type === 'Directory' ? owned | listable : owned;
};

/** What an old header holds as it is; everything else needs a block of its own before it. */
const plain = /^[\u0020-\u007e]{0,99}$/;
const plainSize = 8 * 1024 ** 3 - 1;

/** In bytes, without encoding it for the many entries that are simple. */
export const headLength = (member: Member): number =>
  plain.test(member.path) && plain.test(member.link ?? '') && member.size <= plainSize
    ? blockSize
    : head(member).length;

/** The header blocks of an entry. It belongs to nobody and was changed at no time. */
export const head = ({ path, type, mode, size, link }: Member): Buffer => {
  const more = {
    ...(link !== undefined && { linkpath: link }),
    ...(type !== 'Directory' && { mtime: new Date(0) }),
  };
  const header = new Header({ path, type, mode, size, ...more });
  const needsMore = header.encode();
  const block = header.block ?? Buffer.alloc(0);
  if (!needsMore) return block;
  return Buffer.concat([new Pax({ path, size, ...more }).encode(), block]);
};
