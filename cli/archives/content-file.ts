import { statSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { CliError } from '../errors.ts';

/** A file that is there only when its content is whole; until then it has another name. */
export interface ContentFile {
  write(content: AsyncIterable<Uint8Array>): Promise<void>;
  /** Leaves nothing of what was not completed. */
  close(): Promise<void>;
}

/** @throws CliError when it can't be written, before anything is asked of a rack. */
export const openContentFile = async (folder: string, file: string): Promise<ContentFile> => {
  const path = resolve(folder, file);
  const part = `${path}.part`;
  const tell = (error: unknown): never => {
    throw 'syscall' in Object(error) ? unwritable(file, error) : error;
  };
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) {
    throw unwritable(file, { code: 'EISDIR' });
  }
  const handle = await open(part, 'w').catch(tell);
  return {
    write: async (content) => {
      await handle.writeFile(content).catch(tell);
      await rename(part, path).catch(tell);
    },
    close: async () => {
      await handle.close();
      await rm(part, { force: true });
    },
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
