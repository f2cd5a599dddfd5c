import { readdirSync, rmSync, statSync } from 'node:fs';
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

/** How many unpacked images are kept, the newest ones; one that is needed again is pulled again. */
const keptImages = 50;

const oldImages = (folder: string): ReadonlySet<string> => {
  const images = namesIn(folder).filter((name) => name.startsWith('sha256-'));
  const age = (name: string): number => statSync(join(folder, name)).mtimeMs;
  const newestFirst = images.toSorted((one, other) => age(other) - age(one));
  return new Set(newestFirst.slice(keptImages));
};

/** Removes what an agent that was killed could not: folders and logs of pods that are gone, half-pulled and old images. */
export const sweepLeftovers = (store: ObjectStore, stateDir: string): void => {
  const pods = store.list('pods').map(({ metadata }) => metadata);
  const uids = new Set(pods.map((metadata) => metadata?.uid));
  const names = new Set(pods.map((metadata) => `${metadata?.namespace}_${metadata?.name}`));
  removeExcept(join(stateDir, 'pods'), (uid) => uids.has(uid));
  removeExcept(join(stateDir, 'logs'), (name) => names.has(name));
  const images = join(stateDir, 'images');
  const old = oldImages(images);
  removeExcept(images, (name) => !(name.startsWith('unfinished-') || old.has(name)));
};
