import { readdirSync, readFileSync } from 'node:fs';

/** One process as Linux shows it. */
export interface ProcessEntry {
  readonly pid: number;
  readonly group: number;
  /** Clock ticks after boot; a pid with another start time is another process. */
  readonly startTime: string;
  /** Bytes that belong to this process alone, about. */
  readonly privateMemory: number;
}

const pageSize = 4096;

/** `undefined` when there is no such process, or this is not Linux. */
export const readProcess = (pid: number): ProcessEntry | undefined => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The command in parentheses may hold anything, also spaces and parentheses.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [, resident = '0', shared = '0'] = readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ');
    const [state, , group] = fields;
    if (state === 'Z' || state === 'X') {
      return undefined;
    }
    return {
      pid,
      group: Number(group),
      startTime: fields[19] ?? '',
      privateMemory: (Number(resident) - Number(shared)) * pageSize,
    };
  } catch {
    // It ended while we looked.
    return undefined;
  }
};

/** Every live process; empty where there is no `/proc`. */
export const readProcesses = (): readonly ProcessEntry[] => {
  try {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map((name) => readProcess(Number(name)))
      .filter((entry) => entry !== undefined);
  } catch {
    // Not Linux: memory limits and port checks are left out.
    return [];
  }
};

/** Tells this boot of the machine from others, because pids and start times begin anew. */
export const bootId = (): string => {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    // Not Linux.
    return '';
  }
};
