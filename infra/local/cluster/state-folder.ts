import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { MemoryStore, StoreSnapshot } from './memory-store.ts';

const fileIn = (folder: string): string => join(folder, 'objects.json');

/** The state that an earlier run left in `folder`; undefined for a fresh one. */
export const readState = (folder: string): StoreSnapshot | undefined => {
  try {
    return JSON.parse(readFileSync(fileIn(folder), 'utf8')) as StoreSnapshot;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      return undefined;
    }
    throw new Error(`cannot read the cluster's state in ${folder}`, { cause: error });
  }
};

/** Replaces the file as a whole, so that a crash leaves the old or the new state. */
const writeState = (folder: string, snapshot: StoreSnapshot): void => {
  const unfinished = `${fileIn(folder)}.new`;
  writeFileSync(unfinished, JSON.stringify(snapshot), { mode: 0o600 });
  renameSync(unfinished, fileIn(folder));
};

/** Keeps `folder` up to date, at most `delay` ms behind. The returned function writes and stops. */
export const keepState = (store: MemoryStore, folder: string, delay = 200): (() => void) => {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  let timer: NodeJS.Timeout | undefined;
  const write = (): void => {
    timer = undefined;
    writeState(folder, store.snapshot());
  };
  const stop = store.subscribeAll(() => {
    timer ??= setTimeout(write, delay);
  });
  return () => {
    stop();
    clearTimeout(timer);
    write();
  };
};
