import { rmSync } from 'node:fs';
import { removeTemporary } from '../aws/temporary-folder.ts';
import { createHome, type Home, homeAt } from './home.ts';
import { withLock } from './lock.ts';
import { lastLines } from './log-tail.ts';
import { logOf, type PartName, partNames } from './part.ts';
import type { Progress } from './progress.ts';
import { type Stopped, stopPart } from './stop-part.ts';

export interface DownOptions {
  readonly home?: string | undefined;
  /** Forgets everything as well: apps, releases, images, the rack's token, its ports. */
  readonly clean?: boolean | undefined;
  readonly progress: Progress;
}

/** Stops the plane, the front door first: from then on nothing new comes in. */
export const down = async ({ home, clean = false, progress }: DownOptions): Promise<void> => {
  const place = homeAt(home);
  createHome(place);
  const waiting = (pid: number): void =>
    progress(`waiting for process ${pid}, which works on this plane`);
  await withLock(place.lock, waiting, async () => {
    for (const name of partNames) await stop(place, name, progress);
    removeTemporary(place);
    rmSync(place.address, { force: true });
    if (clean) forget(place);
  });
  progress(clean ? 'all stopped, and its state removed' : 'all stopped; its state is kept');
};

const stop = async (place: Home, name: PartName, progress: Progress): Promise<void> => {
  const stopped = await stopPart(place, name);
  if (stopped === 'was not running') return;
  progress(sayings[stopped](name, logOf(place, name)));
  if (name !== 'emulator') return;
  const unsaved = lastLines(logOf(place, name), 200).filter((line) => /failed to save/.test(line));
  for (const line of unsaved) progress(`  not saved: ${line}`);
};

const sayings: Readonly<Record<Stopped, (name: PartName, log: string) => string>> = {
  'was not running': (name) => `the ${name} was not running`,
  stopped: (name) => `stopped the ${name}`,
  killed: (name, log) => `killed the ${name}: it did not stop by itself (log: ${log})`,
};

/** The emulator's programs stay: they hold no state. So does the lock, which is ours just now. */
const forget = (place: Home): void => {
  const { emulatorState, bucketData, emulatorRun, cluster, logs, settings } = place;
  for (const path of [emulatorState, bucketData, emulatorRun, cluster, logs, settings]) {
    rmSync(path, { recursive: true, force: true });
  }
};
