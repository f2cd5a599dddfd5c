import { execFileSync } from 'node:child_process';
import { bootId, readProcess, readProcesses } from '../cluster/node/host/process-table.ts';

/** A pid alone is given out again; with its start time and the boot it names one process for ever. */
export interface ProcessIdentity {
  readonly pid: number;
  /** In the system's own words, which only compare. */
  readonly startTime: string;
  readonly boot: string;
}

/** When `pid` was started; empty when there is no such process. */
const startTimeOf = (pid: number): string => {
  if (process.platform === 'linux') return readProcess(pid)?.startTime ?? '';
  try {
    return execFileSync('ps', ['-o', 'lstart=', '-p', `${pid}`], { encoding: 'utf8' }).trim();
  } catch {
    // ps fails when there is no such process.
    return '';
  }
};

export const identify = (pid: number): ProcessIdentity => ({
  pid,
  startTime: startTimeOf(pid),
  boot: bootId(),
});

export const isAlive = ({ pid, startTime, boot }: ProcessIdentity): boolean =>
  startTime !== '' && boot === bootId() && startTimeOf(pid) === startTime;

/**
 * Kills what a process that led its own group left behind, such as the emulator's functions. A group's
 * number is not given out again while it has members; older members would be strangers all the same.
 */
export const killRemainsOfGroup = ({ pid, startTime, boot }: ProcessIdentity): void => {
  if (boot !== bootId()) return;
  const members = readProcesses().filter(({ group }) => group === pid);
  for (const member of members) {
    if (Number(member.startTime) >= Number(startTime)) killQuietly(member.pid, 'SIGKILL');
  }
};

/** False when it is gone already. */
export const killQuietly = (pid: number, signal: NodeJS.Signals): boolean => {
  try {
    return process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
};
