import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { byCodeUnit } from '../by-code-unit.ts';
import type { IgnoreRules } from './ignore-rules.ts';
import { unreadable } from './unreadable.ts';

export interface Entries {
  /** Files, folders and links, relative to the folder, in a fixed order. */
  readonly paths: readonly string[];
  /** Sockets, pipes and devices: an archive can't hold them. */
  readonly skipped: readonly string[];
}

interface Selection {
  readonly rules: IgnoreRules;
  /** Files that are needed whatever the rules say. */
  readonly kept: ReadonlySet<string>;
}

/** Everything in a folder that belongs into its archive. */
export const listEntries = async (root: string, selection: Selection): Promise<Entries> => {
  const paths: string[] = [];
  const skipped: string[] = [];
  for await (const { path, entry } of walk(root, '', selection)) {
    (isArchivable(entry) ? paths : skipped).push(path);
  }
  return { paths: paths.sort(byCodeUnit), skipped: skipped.sort(byCodeUnit) };
};

interface Found {
  readonly path: string;
  readonly entry: Dirent;
}

async function* walk(root: string, folder: string, selection: Selection): AsyncGenerator<Found> {
  for (const entry of await read(join(root, folder))) {
    const path = folder ? `${folder}/${entry.name}` : entry.name;
    if (isIncluded(path, selection)) yield { path, entry };
    if (entry.isDirectory() && isNeeded(path, selection)) yield* walk(root, path, selection);
  }
}

const read = async (folder: string): Promise<Dirent[]> => {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    throw unreadable(folder, error);
  }
};

const isIncluded = (path: string, { rules, kept }: Selection): boolean =>
  kept.has(path) || !rules.ignores(path);

/** Something below an ignored folder may still be wanted. */
const isNeeded = (folder: string, { rules, kept }: Selection): boolean =>
  !rules.ignores(folder) ||
  rules.mayReinclude(folder) ||
  [...kept].some((path) => path.startsWith(`${folder}/`));

const isArchivable = (entry: Dirent): boolean =>
  entry.isFile() || entry.isDirectory() || entry.isSymbolicLink();
