import { readFileSync, renameSync, writeFileSync } from 'node:fs';

/** `undefined` when there is none, or a crash cut it off. */
export const readJsonFile = <Content>(file: string): Content | undefined => {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Content;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || error instanceof SyntaxError) return undefined;
    throw error;
  }
};

/** Replaces the file as a whole; for the owner only. */
export const writeJsonFile = (file: string, content: unknown): void => {
  const unfinished = `${file}.${process.pid}`;
  writeFileSync(unfinished, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 });
  renameSync(unfinished, file);
};
