import { closeSync, createWriteStream, openSync, renameSync, rmSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { CliError } from '../errors.ts';

/** A file that is there only when its content is whole; until then it has another name. */
export interface ContentFile {
  write(content: AsyncIterable<Uint8Array>): Promise<void>;
  /** Leaves nothing of what was not completed. */
  close(): void;
}

/** @throws CliError when it can't be written, before anything is asked of a rack. */
export const openContentFile = (folder: string, file: string): ContentFile => {
  const path = resolve(folder, file);
  const part = `${path}.part`;
  const said = <Result>(action: () => Result): Result => {
    try {
      return action();
    } catch (error) {
      throw unwritable(file, error);
    }
  };
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) {
    throw unwritable(file, { code: 'EISDIR' });
  }
  closeSync(said(() => openSync(part, 'w')));
  return {
    write: async (content) => {
      await pipeline(content, createWriteStream(part)).catch((error: unknown) => {
        throw 'syscall' in Object(error) ? unwritable(file, error) : error;
      });
      said(() => renameSync(part, path));
    },
    close: () => rmSync(part, { force: true }),
  };
};

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'its folder does not exist',
  EISDIR: 'it is a folder',
  EACCES: 'permission denied',
  ENOSPC: 'no space left',
};

const unwritable = (file: string, cause: unknown): CliError => {
  const { code = '' } = Object(cause) as { readonly code?: string };
  return new CliError('UnwritableFile', `cannot write ${file}: ${reasons[code] ?? code}`, {
    hint: 'name another file with --file',
    cause,
  });
};
