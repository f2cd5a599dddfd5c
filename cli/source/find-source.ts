import { readdirSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { CliError } from '../errors.ts';
import { readSetting } from './read-setting.ts';
import { unreadable } from './unreadable.ts';

export interface Source {
  /** Absolute path of the folder. */
  readonly folder: string;
  /** The manifest's name in it, and its text. */
  readonly manifestFile: string;
  readonly manifest: string;
}

/** The folder to build from, once it is sure that it can be built at all. */
export const findSource = (cwd: string, folder: string, manifestFile: string): Source => {
  const root = resolve(cwd, folder);
  if (entriesOf(root, folder).length === 0) {
    throw new CliError('EmptySource', `folder is empty: ${folder}`, { hint: giveFolder });
  }
  return { folder: root, manifestFile, manifest: readManifest(root, manifestFile) };
};

const giveFolder = 'give the folder of the app: rackless deploy path/to/app';

const entriesOf = (root: string, folder: string): string[] => {
  try {
    if (statSync(root, { throwIfNoEntry: false })?.isDirectory()) return readdirSync(root);
  } catch (error) {
    throw unreadable(folder, error, giveFolder);
  }
  throw new CliError('SourceNotFound', `no such folder: ${folder}`, { hint: giveFolder });
};

/** The text of a manifest. @throws CliError when it is not there. */
export const readManifest = (folder: string, name: string): string => {
  const text = readSetting(folder, name);
  if (text !== undefined) return text;
  throw new CliError('ManifestNotFound', `no such file: ${name}`, {
    hint: 'an app needs a convox.yml in its folder; --manifest takes another name',
  });
};
