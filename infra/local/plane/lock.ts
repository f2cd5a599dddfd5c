import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { identify, isAlive, type ProcessIdentity } from './process-identity.ts';

/**
 * Runs `work` while holding `file`; a second caller waits for the first. A lock whose holder died is
 * taken over. `onWait` is told once who holds it.
 */
export const withLock = async <Result>(
  file: string,
  onWait: (pid: number) => void,
  work: () => Promise<Result>
): Promise<Result> => {
  await acquire(file, onWait);
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
};

const acquire = async (file: string, onWait: (pid: number) => void): Promise<void> => {
  for (let waits = 0; !tryAcquire(file); waits += 1) {
    const holder = holderOf(file);
    if (holder && !isAlive(holder)) {
      removeStale(file, holder);
      continue;
    }
    if (holder && waits === 0) onWait(holder.pid);
    await sleep(100);
  }
};

/** A link appears with its content, so nobody reads a half-written lock. */
const tryAcquire = (file: string): boolean => {
  const own = `${file}.${process.pid}`;
  writeFileSync(own, JSON.stringify(identify(process.pid)));
  try {
    linkSync(own, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(own, { force: true });
  }
};

const holderOf = (file: string): ProcessIdentity | undefined => {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as ProcessIdentity;
  } catch {
    // It was released while we looked.
    return undefined;
  }
};

/** Two may find the same stale lock: whoever moved a fresh one away by that puts it back. */
const removeStale = (file: string, stale: ProcessIdentity): void => {
  const moved = `${file}.stale.${process.pid}`;
  try {
    renameSync(file, moved);
  } catch {
    // The other one was faster.
    return;
  }
  const found = holderOf(moved);
  if (found && found.startTime !== stale.startTime) linkSync(moved, file);
  rmSync(moved, { force: true });
};
