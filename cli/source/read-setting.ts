import { readFileSync, type Stats, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { CliError } from '../errors.ts';
import { bytesText } from '../ui/progress.ts';
import { shownPath } from './shown-path.ts';
import { unreadable } from './unreadable.ts';

/** Bytes. The rack reads no larger manifest. */
const largest = 1024 * 1024;

const hint = 'it has to be a text file that you may read';

/**
 * The text of a file that says how to build, such as a manifest; undefined when there is none.
 * @throws CliError for anything but a readable file of at most 1 MB: a pipe would never end
 */
export const readSetting = (folder: string, name: string): string | undefined => {
  const path = resolve(folder, name);
  try {
    const stats = statSync(path, { throwIfNoEntry: false });
    if (!stats) return undefined;
    requireText(stats, name);
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw unreadable(name, error, hint);
  }
};

const requireText = (stats: Stats, name: string): void => {
  const wrong = wrongWith(stats);
  if (!wrong) return;
  throw new CliError('UnreadableSource', `cannot read ${shownPath(name)}: ${wrong}`, { hint });
};

const wrongWith = (stats: Stats): string => {
  if (stats.isDirectory()) return 'it is a folder';
  if (!stats.isFile()) return 'it is not a file';
  return stats.size > largest
    ? `it has ${bytesText(stats.size)}; ${bytesText(largest)} is the limit`
    : '';
};
