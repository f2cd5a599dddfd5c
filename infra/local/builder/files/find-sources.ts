import { readdir } from 'node:fs/promises';
import { basename, posix } from 'node:path';
import { byCodeUnit } from '#cli/by-code-unit.ts';
import { BuildError } from '../build-error.ts';
import { type FileTree, type FoundFile, findInside, innerPath } from './file-tree.ts';
import { hasWildcard, matchesWildcard } from './wildcard.ts';

export interface Source extends FoundFile {
  /** What it is called at its destination. */
  readonly name: string;
}

/**
 * What a source of COPY names. A plain path must be there, or a `BuildError` in BuildKit's words is
 * thrown; a pattern may match nothing.
 */
export const findSources = async (tree: FileTree, source: string): Promise<readonly Source[]> => {
  // As Docker: `..` can't climb above the root, it is simply dropped there.
  const path = posix.resolve('/', source);
  const parts = path.split('/').filter((part) => part !== '');
  if (parts.some(hasWildcard)) {
    const found = await Promise.all((await expand(tree, parts)).map((at) => visible(tree, at)));
    return found.filter((it) => it !== undefined);
  }
  const found = await visible(tree, path);
  if (found === undefined) {
    throw new BuildError(
      `failed to calculate checksum: "${path}": not found${await why(tree, path)}`
    );
  }
  return [found];
};

const visible = async (tree: FileTree, path: string): Promise<Source | undefined> => {
  const found = await findInside(tree.root, path);
  if (found === undefined) {
    return undefined;
  }
  const inner = innerPath(tree.root, found.path);
  const isHidden =
    inner !== '' &&
    tree.rules.ignores(inner) &&
    !(found.stats.isDirectory() && tree.rules.mayReinclude(inner));
  return isHidden ? undefined : { ...found, name: basename(path) };
};

const why = async ({ root }: FileTree, path: string): Promise<string> =>
  (await findInside(root, path)) === undefined ? '' : ' (it is excluded by .dockerignore)';

/** Paths that match, in order. */
const expand = async (tree: FileTree, parts: readonly string[]): Promise<readonly string[]> => {
  let paths: readonly string[] = [''];
  for (const part of parts) {
    const next = await Promise.all(paths.map((path) => matchesIn(tree, path, part)));
    paths = next.flat();
  }
  return paths;
};

const matchesIn = async (
  { root }: FileTree,
  folder: string,
  pattern: string
): Promise<readonly string[]> => {
  if (!hasWildcard(pattern)) {
    const path = `${folder}/${pattern}`;
    return (await findInside(root, path)) === undefined ? [] : [path];
  }
  const found = await findInside(root, folder);
  if (!found?.stats.isDirectory()) {
    return [];
  }
  const names = (await readdir(found.path)).filter((name) => matchesWildcard(pattern, name));
  return names.sort(byCodeUnit).map((name) => `${folder}/${name}`);
};
