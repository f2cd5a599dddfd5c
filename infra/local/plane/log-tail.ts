import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

const window = 16_384;

/** The last non-empty lines of a log; none when there is no log. */
export const lastLines = (file: string, count = 10): readonly string[] => {
  try {
    const handle = openSync(file, 'r');
    try {
      const { size } = fstatSync(handle);
      const buffer = Buffer.alloc(Math.min(size, window));
      readSync(handle, buffer, 0, buffer.length, size - buffer.length);
      return lastTextLines(buffer.toString('utf8'), count);
    } finally {
      closeSync(handle);
    }
  } catch {
    return [];
  }
};

export const lastTextLines = (text: string, count: number): readonly string[] =>
  text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(-count);
