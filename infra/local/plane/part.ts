import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Home } from './home.ts';
import { readJsonFile, writeJsonFile } from './json-file.ts';
import { isAlive, type ProcessIdentity } from './process-identity.ts';

/** The processes of a plane, in the order in which they are stopped. */
export const partNames = ['front', 'relay', 'emulator', 'cluster'] as const;
export type PartName = (typeof partNames)[number];

/** What we noted when we started it. It stays after a crash and goes with a stop that was asked for. */
export interface PartRecord extends ProcessIdentity {
  readonly name: PartName;
  readonly port: number;
  readonly log: string;
  /** What it was started with, as far as one may ask for something else. */
  readonly settings: Readonly<Record<string, string>>;
  /** RFC 3339. */
  readonly startedAt: string;
}

export type PartState = 'running' | 'stopped' | 'crashed';

export interface PartStatus {
  readonly name: PartName;
  readonly state: PartState;
  readonly record: PartRecord | undefined;
}

export const partState = (record: PartRecord | undefined, alive: boolean): PartState => {
  if (!record) return 'stopped';
  return alive ? 'running' : 'crashed';
};

/** Whether it runs with the settings that are asked for. One that is not named now stays as it is. */
export const hasSettings = (
  { settings }: Pick<PartRecord, 'settings'>,
  asked: Readonly<Record<string, string>>
): boolean => Object.entries(asked).every(([name, value]) => settings[name] === value);

const fileOf = (home: Home, name: PartName): string => join(home.parts, `${name}.json`);

export const logOf = (home: Home, name: PartName): string => join(home.logs, `${name}.log`);

export const readPart = (home: Home, name: PartName): PartStatus => {
  const record = readJsonFile<PartRecord>(fileOf(home, name));
  return { name, record, state: partState(record, record !== undefined && isAlive(record)) };
};

export const readParts = (home: Home): readonly PartStatus[] =>
  partNames.map((name) => readPart(home, name));

export const writePart = (home: Home, record: PartRecord): void =>
  writeJsonFile(fileOf(home, record.name), record);

export const forgetPart = (home: Home, name: PartName): void =>
  rmSync(fileOf(home, name), { force: true });
