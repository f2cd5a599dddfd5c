import { open } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import { unsupported } from '../build-error.ts';

const compressed: Readonly<Record<string, string>> = {
  '425a68': 'bzip2',
  fd377a585a00: 'xz',
  '28b52ffd': 'zstd',
};

/** ADD unpacks a tar archive; putting it there packed would be something else than what was asked for. */
export const refuseArchive = async (path: string, name: string, line: number): Promise<void> => {
  const head = await readHead(path);
  const magic = head.toString('hex');
  const isCompressed = Object.keys(compressed).some((start) => magic.startsWith(start));
  if (isCompressed || isTar(head) || (magic.startsWith('1f8b') && isTar(unpackHead(head)))) {
    throw unsupported(`ADD ${name} would unpack an archive`, line);
  }
};

const isTar = (head: Buffer): boolean => head.subarray(257, 262).toString() === 'ustar';

const readHead = async (path: string): Promise<Buffer> => {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(4096), 0, 4096, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
};

/** As far as the part that was read goes. */
const unpackHead = (head: Buffer): Buffer => {
  try {
    return gunzipSync(head, { finishFlush: 2 });
  } catch {
    // Not a whole gzip header, so not an archive either.
    return Buffer.alloc(0);
  }
};
