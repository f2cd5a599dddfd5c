import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { byCodeUnit } from '../by-code-unit.ts';
import { CliError } from '../errors.ts';
import type { Host } from '../host.ts';

/** What outlives a command: one file per rack with its RACK_URL, and the name of the current one. */
export interface Settings {
  racks(): readonly string[];
  rackUrl(name: string): string | undefined;
  saveRack(name: string, url: string): void;
  current(): string | undefined;
  saveCurrent(name: string): void;
}

export const settings = ({ env }: Pick<Host, 'env'>): Settings => {
  const folder = folderOf(env);
  const rackFile = (name: string): string => join(folder, 'racks', encodeURIComponent(name));
  return {
    racks: () => list(join(folder, 'racks')).map(decodeURIComponent).sort(byCodeUnit),
    rackUrl: (name) => readText(rackFile(name)),
    saveRack: (name, url) => writePrivate(rackFile(name), url),
    current: () => readText(join(folder, 'current')),
    saveCurrent: (name) => writePrivate(join(folder, 'current'), name),
  };
};

const folderOf = (env: Host['env']): string =>
  env['RACKLESS_CONFIG'] ||
  join(env['XDG_CONFIG_HOME'] || join(env['HOME'] || homedir(), '.config'), 'rackless');

/** The trimmed text of a file; undefined when it is missing or empty. */
export const readText = (file: string): string | undefined => {
  try {
    return readFileSync(file, 'utf8').trim() || undefined;
  } catch {
    return undefined;
  }
};

const list = (folder: string): string[] => {
  try {
    return readdirSync(folder).filter((name) => !name.startsWith('.'));
  } catch {
    return []; // nobody has logged in yet
  }
};

const writePrivate = (file: string, text: string): void => {
  try {
    replacePrivate(file, text);
  } catch (cause) {
    const why = String(cause).replace(/^Error: /, '');
    throw new CliError('SettingsNotWritable', `cannot write the settings: ${why}`, {
      hint: 'RACKLESS_CONFIG names another folder for them',
      cause,
    });
  }
};

/** Only the owner may read it, from its first byte on; a reader never sees half of it. */
const replacePrivate = (file: string, text: string): void => {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const draft = join(dirname(file), `.${process.pid}.tmp`);
  writeFileSync(draft, `${text}\n`, { mode: 0o600 });
  chmodSync(draft, 0o600);
  renameSync(draft, file);
};
