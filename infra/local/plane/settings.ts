import { randomBytes } from 'node:crypto';
import type { Home } from './home.ts';
import { readJsonFile, writeJsonFile } from './json-file.ts';
import type { PartName } from './part.ts';
import type { StackParameters } from './stack-parameters.ts';

/** What a plane remembers from one `up` to the next. `down --clean` forgets it. */
export interface Settings {
  /** The rack's token. Only its hash lies in the table. */
  readonly token: string;
  readonly ports: Readonly<Partial<Record<PartName, number>>>;
  /** The kubeconfig that the user named; the embedded cluster without one. */
  readonly kubeconfig?: string;
  /** Where the cluster reaches the emulator and the registry, if that is not 127.0.0.1. */
  readonly address?: string;
  /** Of the stack, as the user chose them. */
  readonly parameters?: StackParameters;
  /** Of the deployment that the emulator holds; see deployFingerprint. */
  readonly deployed?: string;
  /** The emulator's state was lost, and what that means for the cluster was not told yet. */
  readonly lost?: boolean;
  /** The emulator came back with old state, and the rack was not swept since. */
  readonly sweepDue?: boolean;
}

/** 256 bits, and only characters that need no encoding in a URL. */
const newToken = (): string => randomBytes(32).toString('hex');

export const readSettings = ({ settings }: Home): Settings | undefined =>
  readJsonFile<Settings>(settings);

export const firstSettings = (): Settings => ({ token: newToken(), ports: {} });

export const writeSettings = ({ settings }: Home, content: Settings): void =>
  writeJsonFile(settings, content);
