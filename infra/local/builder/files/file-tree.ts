import type { Stats } from 'node:fs';
import { lstat, readlink } from 'node:fs/promises';
import { dirname, posix, relative, sep } from 'node:path';
import type { IgnoreRules } from '#cli/source/ignore-rules.ts';
import { pathInRootfs } from '../../cluster/node/images/path-in-rootfs.ts';

/** A folder that files are copied from. Nothing outside of it can be named, not even by a link. */
export interface FileTree {
  /** Absolute. */
  readonly root: string;
  readonly rules: IgnoreRules;
}

export interface FoundFile {
  /** Absolute, on this machine. */
  readonly path: string;
  readonly stats: Stats;
}

export const noRules: IgnoreRules = { ignores: () => false, mayReinclude: () => false };

const maximumLinks = 40;

/** Where `path` is in the tree, links followed as if its root were `/`. Undefined when nothing is there. */
export const findInside = async (root: string, path: string): Promise<FoundFile | undefined> => {
  let wanted = path;
  for (let links = 0; links < maximumLinks; links += 1) {
    const real = await pathInRootfs(root, wanted);
    const stats = await statsOf(real);
    if (!stats?.isSymbolicLink()) {
      return stats && { path: real, stats };
    }
    const target = await readlink(real);
    wanted = posix.resolve('/', innerPath(root, dirname(real)), target);
  }
  throw new Error(`too many symbolic links at ${path}`);
};

const statsOf = async (path: string): Promise<Stats | undefined> => {
  try {
    return await lstat(path);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) {
      return undefined;
    }
    throw error;
  }
};

/** The path relative to the root, with forward slashes; empty for the root itself. */
export const innerPath = (root: string, path: string): string =>
  relative(root, path).split(sep).join('/');
