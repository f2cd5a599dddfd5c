import { readdirSync, readFileSync } from 'node:fs';

/** Functions of the emulator are processes of this machine, where other racks may have theirs. */
export const functionProcesses = (...groups: readonly string[]): readonly number[] =>
  readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number)
    .filter((pid) => {
      const command = commandOf(pid);
      const isOurs = command.includes(process.env['RACKLESS_HOME'] ?? 'no home');
      return isOurs && groups.some((group) => command.includes(`rackless-local-${group}-`));
    });

const commandOf = (pid: number): string => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    // It ended while we looked.
    return '';
  }
};
