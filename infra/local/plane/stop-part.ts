import type { Home } from './home.ts';
import { forgetPart, type PartName, readPart } from './part.ts';
import { isAlive, killQuietly, killRemainsOfGroup } from './process-identity.ts';
import { waitUntil } from './wait-until.ts';

/** Milliseconds that a part gets for saving its state after SIGTERM. */
const patience = 20_000;

export type Stopped = 'was not running' | 'stopped' | 'killed';

/** Ends one part and everything it started. The record goes, so the stop does not look like a crash. */
export const stopPart = async (home: Home, name: PartName): Promise<Stopped> => {
  const { record } = readPart(home, name);
  if (!record) return 'was not running';
  let stopped: Stopped = 'was not running';
  if (isAlive(record) && killQuietly(record.pid, 'SIGTERM')) {
    stopped = (await waitUntil(() => !isAlive(record), patience)) ? 'stopped' : 'killed';
  }
  if (stopped === 'killed' && isAlive(record)) killQuietly(record.pid, 'SIGKILL');
  killRemainsOfGroup(record);
  forgetPart(home, name);
  return stopped;
};
