import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { ObjectStore } from '../object-store.ts';

const namesIn = (folder: string): readonly string[] => {
  try {
    return readdirSync(folder);
  } catch {
    // The first start: there is no such folder yet.
    return [];
  }
};

const removeExcept = (folder: string, keep: (name: string) => boolean): void => {
  for (const name of namesIn(folder).filter((candidate) => !keep(candidate))) {
    rmSync(join(folder, name), { recursive: true, force: true });
  }
};

/** Removes what an agent that was killed could not: folders and logs of pods that are gone, half-pulled images. */
export const sweepLeftovers = (store: ObjectStore, stateDir: string): void => {
  const pods = store.list('pods').map(({ metadata }) => metadata);
  const uids = new Set(pods.map((metadata) => metadata?.uid));
  const names = new Set(pods.map((metadata) => `${metadata?.namespace}_${metadata?.name}`));
  removeExcept(join(stateDir, 'pods'), (uid) => uids.has(uid));
  removeExcept(join(stateDir, 'logs'), (name) => names.has(name));
  removeExcept(join(stateDir, 'images'), (name) => !name.startsWith('unfinished-'));
};
