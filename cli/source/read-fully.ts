import { readSync } from 'node:fs';

/** Fills `target` with what a file has from `position` on; false when it ends before that. */
export const readFully = (file: number, position: number, target: Buffer): boolean => {
  let filled = 0;
  while (filled < target.length) {
    const count = readSync(file, target, filled, target.length - filled, position + filled);
    if (count === 0) return false;
    filled += count;
  }
  return true;
};
