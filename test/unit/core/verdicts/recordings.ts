import { readdirSync, readFileSync, statSync } from 'node:fs';
import type { Recording } from '#core/verdicts/recording.ts';

const folder = new URL('../../../fixtures/recordings/', import.meta.url);

/** What the engine saw on a real cluster; `npm run record -- NAME` makes them. */
export const recordedNames: readonly string[] = readdirSync(folder).map((it) =>
  it.replace('.json', '')
);

export const recorded = (name: string): Recording =>
  JSON.parse(readFileSync(new URL(`${name}.json`, folder), 'utf8')) as Recording;

export const sizeOfRecorded = (name: string): number =>
  statSync(new URL(`${name}.json`, folder)).size;
