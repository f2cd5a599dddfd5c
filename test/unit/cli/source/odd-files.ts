import { spawnSync } from 'node:child_process';

/** Root may read everything, and may make devices. */
export const isRoot = process.getuid?.() === 0;

export const makePipe = (path: string): void => {
  spawnSync('sh', ['-c', 'mkfifo -- "$0"', path]);
};

/** What is said of a setting that is no text file, or can't be read. */
export const textHint = '  it has to be a text file that you may read\n';
