import { createWriteStream } from 'node:fs';
import type { Writable } from 'node:stream';
import { DownloadError, download } from './download.ts';
import { readWgetOptions, WgetUsageError } from './wget-options.ts';

const main = async (): Promise<void> => {
  const { url, file, tries, headers, quiet } = readWgetOptions(process.argv.slice(2));
  const open = (): Writable => (file === '-' ? process.stdout : createWriteStream(file));
  const note = (line: string): void => {
    if (!quiet) process.stderr.write(`wget: ${line}\n`);
  };
  await download(url, open, { tries, headers, note });
};

const exitCodeOf = (error: unknown): number => {
  if (error instanceof WgetUsageError) {
    return 2;
  }
  return error instanceof DownloadError && error.status !== undefined ? 8 : 1;
};

main().catch((error: unknown) => {
  process.stderr.write(`wget: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(exitCodeOf(error));
});
