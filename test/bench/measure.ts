import { spawnSync } from 'node:child_process';

/** Milliseconds of wall time, in rising order of the runs. */
export const times = (runs: number, work: () => void): readonly number[] =>
  Array.from({ length: runs }, () => {
    const start = performance.now();
    work();
    return performance.now() - start;
  });

export const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return ((sorted[middle] ?? Number.NaN) + (sorted[sorted.length - 1 - middle] ?? 0)) / 2;
};

/** Runs a program to its end; throws what it said if it fails. */
export const run = (command: string, ...args: string[]): void => {
  const { status, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed: ${stderr}`);
};

/** One case, one line. */
export const report = (name: string, figures: Readonly<Record<string, unknown>>): void =>
  console.log(JSON.stringify({ case: name, ...figures }));

export const rounded = (value: number, digits = 1): number => Number(value.toFixed(digits));
