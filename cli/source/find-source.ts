import { readdirSync, readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { CliError } from '../errors.ts';
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
    throw new CliError('EmptySource', `folder is empty: ${folder}`, {
      hint: 'give the folder of the app: rackless deploy path/to/app',
    });
  }
  return {
    folder: root,
    manifestFile,
    manifest: readManifest(root, manifestFile),
  };
};

const entriesOf = (root: string, folder: string): string[] => {
  if (!statSync(root, { throwIfNoEntry: false })?.isDirectory()) {
    throw new CliError('SourceNotFound', `no such folder: ${folder}`, {
      hint: 'give the folder of the app: rackless deploy path/to/app',
    });
  }
  try {
    return readdirSync(root);
  } catch (error) {
    throw unreadable(folder, error);
  }
};

/** The text of a manifest. @throws CliError when it is not there. */
export const readManifest = (folder: string, name: string): string => {
  const path = resolve(folder, name);
  if (!statSync(path, { throwIfNoEntry: false })?.isFile()) {
    throw new CliError('ManifestNotFound', `no such file: ${name}`, {
      hint: 'an app needs a convox.yml in its folder; --manifest takes another name',
    });
  }
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw unreadable(name, error);
  }
};
