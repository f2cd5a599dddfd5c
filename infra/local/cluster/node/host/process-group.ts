import { readProcesses } from './process-table.ts';

/** Sends a signal to a whole process group. False when it has no process any more. */
export const signalGroup = (group: number, signal: NodeJS.Signals): boolean => {
  try {
    process.kill(-group, signal);
    return true;
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    // macOS says EPERM for a group in which only ended processes are left.
    if (code === 'ESRCH' || code === 'EPERM') {
      return false;
    }
    throw error;
  }
};

/** Bytes that the group's processes hold for themselves. */
export const memoryOfGroups = (): ReadonlyMap<number, number> => {
  const memory = new Map<number, number>();
  for (const { group, privateMemory } of readProcesses()) {
    memory.set(group, (memory.get(group) ?? 0) + privateMemory);
  }
  return memory;
};
