import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { signalGroup } from './process-group.ts';
import { bootId, readProcess, readProcesses } from './process-table.ts';

interface LedgerEntry {
  readonly group: number;
  readonly startTime: string;
  readonly boot: string;
  readonly container: string;
}

/** When a process was started, in words that only compare; empty when it is gone. */
const startTimeOf = (pid: number): string => {
  if (process.platform === 'linux') {
    return readProcess(pid)?.startTime ?? '';
  }
  try {
    return execFileSync('ps', ['-o', 'lstart=', '-p', `${pid}`], { encoding: 'utf8' }).trim();
  } catch {
    // ps fails when there is no such process.
    return '';
  }
};

/**
 * Which process groups this agent started, on disk, so that an agent that was killed leaves nothing
 * behind: the next one ends what is still there.
 */
export class ProcessLedger {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
    mkdirSync(folder, { recursive: true });
  }

  /** Call it in the same turn as the start, before anything can fail. */
  add(group: number, container: string): void {
    const entry: LedgerEntry = { group, container, startTime: startTimeOf(group), boot: bootId() };
    writeFileSync(this.#file(group), JSON.stringify(entry));
  }

  remove(group: number): void {
    rmSync(this.#file(group), { force: true });
  }

  /** Kills every group that an earlier agent left; returns their containers. */
  killOrphans(): readonly string[] {
    const killed: string[] = [];
    for (const name of readdirSync(this.#folder)) {
      const entry = readEntry(join(this.#folder, name));
      if (entry !== undefined && isOurs(entry) && signalGroup(entry.group, 'SIGKILL')) {
        killed.push(entry.container);
      }
      rmSync(join(this.#folder, name), { force: true });
    }
    return killed;
  }

  #file(group: number): string {
    return join(this.#folder, `${group}.json`);
  }
}

const readEntry = (file: string): LedgerEntry | undefined => {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as LedgerEntry;
  } catch {
    // Half written when the machine stopped: then the processes are gone as well.
    return undefined;
  }
};

/**
 * A pid is not given out again while a group of that number has members, so a group without its
 * leader is still ours; a leader with another start time is a stranger.
 */
const isOurs = ({ group, startTime, boot }: LedgerEntry): boolean => {
  if (boot !== bootId()) {
    return false;
  }
  const current = startTimeOf(group);
  return current === '' ? membersStartedAfter(group, startTime) : current === startTime;
};

const membersStartedAfter = (group: number, startTime: string): boolean => {
  const members = readProcesses().filter((entry) => entry.group === group);
  return (
    members.length > 0 && members.every((entry) => Number(entry.startTime) >= Number(startTime))
  );
};
