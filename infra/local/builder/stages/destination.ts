import { posix } from 'node:path';
import { pathInRootfs } from '../../cluster/node/images/path-in-rootfs.ts';
import { BuildError } from '../build-error.ts';
import { findInside, innerPath } from '../files/file-tree.ts';
import type { LayerEntry } from '../layers/layer-entry.ts';
import type { Stage } from './stage.ts';

export interface Destination {
  /** Relative to the image's root, links in the image followed; empty for the root. */
  readonly path: string;
  /** It was written as a folder: it ends with a slash, or is `.`. */
  readonly isWrittenAsFolder: boolean;
  /** Sources go into it, under their own names. */
  readonly isFolder: boolean;
}

/** Where COPY puts things. */
export const findDestination = async (stage: Stage, written: string): Promise<Destination> => {
  const root = await stage.files.root();
  const path = posix.resolve('/', stage.workingFolder, written);
  const existing = await findInside(root, path);
  const isWrittenAsFolder = /(?:^|\/)\.{0,2}$/.test(written);
  if (isWrittenAsFolder && existing !== undefined && !existing.stats.isDirectory()) {
    throw new BuildError(`cannot copy to non-directory: ${path}`);
  }
  return {
    path: innerPath(root, existing?.path ?? (await pathInRootfs(root, path))),
    isWrittenAsFolder,
    isFolder: isWrittenAsFolder || (existing?.stats.isDirectory() ?? false),
  };
};

const ancestorsOf = (path: string): readonly string[] => {
  const names = path.split('/');
  return names.slice(1).map((_, at) => names.slice(0, at + 1).join('/'));
};

/** The folders above `paths` that the image lacks. */
export const missingFolders = async (
  stage: Stage,
  paths: readonly string[]
): Promise<readonly LayerEntry[]> => {
  const root = await stage.files.root();
  const folders = [...new Set(paths.flatMap(ancestorsOf))];
  const found = await Promise.all(folders.map((folder) => findInside(root, folder)));
  const blocked = folders.find((_, at) => found[at]?.stats.isDirectory() === false);
  if (blocked !== undefined) {
    throw new BuildError(`cannot copy to non-directory: /${blocked}`);
  }
  return folders
    .filter((_, at) => found[at] === undefined)
    .map((path) => ({ type: 'Directory', path, mode: 0o755 }));
};
