import { lstat, readdir, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { byCodeUnit } from '#cli/by-code-unit.ts';
import { BuildError } from '../build-error.ts';
import type { LayerEntry } from '../layers/layer-entry.ts';
import { type FileTree, type FoundFile, innerPath } from './file-tree.ts';

export interface Collection {
  readonly tree: FileTree;
  /** Replaces the permission bits of all files and folders. */
  readonly mode: number | undefined;
  /** Hears of sockets, pipes and devices, which are left out. */
  readonly skipped: (path: string) => void;
}

/** What a source becomes at `target`: a file itself, or a folder's content without the folder. */
export const collectEntries = async (
  collection: Collection,
  { path, stats }: FoundFile,
  target: string
): Promise<readonly LayerEntry[]> =>
  stats.isDirectory()
    ? await contentOf(collection, path, target)
    : await collect(collection, path, target);

const contentOf = async (
  collection: Collection,
  folder: string,
  target: string
): Promise<readonly LayerEntry[]> => {
  const names = (await readable(collection, folder, () => readdir(folder))).sort(byCodeUnit);
  const entries: LayerEntry[] = [];
  for (const name of names) {
    const inner = target === '' ? name : `${target}/${name}`;
    entries.push(...(await collect(collection, join(folder, name), inner)));
  }
  return entries;
};

const collect = async (
  collection: Collection,
  path: string,
  target: string
): Promise<readonly LayerEntry[]> => {
  const { rules } = collection.tree;
  const inner = innerPath(collection.tree.root, path);
  const stats = await lstat(path);
  if (!rules.ignores(inner)) {
    const own = await entryOf(collection, { path, stats }, target);
    const below = stats.isDirectory() ? await contentOf(collection, path, target) : [];
    return [...own, ...below];
  }
  if (!(stats.isDirectory() && rules.mayReinclude(inner))) {
    return [];
  }
  // An ignored folder is there only for the sake of what came back into it.
  const below = await contentOf(collection, path, target);
  return below.length === 0
    ? []
    : [...(await entryOf(collection, { path, stats }, target)), ...below];
};

const entryOf = async (
  { tree, mode: changed, skipped }: Collection,
  { path, stats }: FoundFile,
  target: string
): Promise<readonly LayerEntry[]> => {
  const mode = changed ?? stats.mode & 0o7777;
  if (stats.isDirectory()) {
    return [{ type: 'Directory', path: target, mode }];
  }
  if (stats.isSymbolicLink()) {
    return [{ type: 'SymbolicLink', path: target, target: await readlink(path) }];
  }
  if (!stats.isFile()) {
    skipped(innerPath(tree.root, path));
    return [];
  }
  return [{ type: 'File', path: target, mode, size: stats.size, content: path }];
};

const readable = async <Result>(
  { tree }: Collection,
  path: string,
  read: () => Promise<Result>
): Promise<Result> => {
  try {
    return await read();
  } catch (error) {
    throw asReadError(tree, path, error);
  }
};

/** Names the file by its place in the tree: the reader knows no temporary folders. */
export const asReadError = ({ root }: FileTree, path: string, error: unknown): BuildError => {
  const { code } = error as NodeJS.ErrnoException;
  const reason =
    code === 'EACCES' || code === 'EPERM' ? 'permission denied' : (error as Error).message;
  return new BuildError(`error from sender: open ${innerPath(root, path)}: ${reason}`, {
    cause: error,
  });
};
