import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';

const unpack = promisify(gunzip);

/** Bytes. What a client cuts is never larger. */
const largest = 16 * 1024 * 1024;

/** The content of a chunk as it is stored; undefined when it is not what its name says. */
export const unpackChunk = async (stored: Uint8Array, id: string): Promise<Buffer | undefined> => {
  const content = await unpack(stored, { maxOutputLength: largest }).catch(() => undefined);
  return content && createHash('sha256').update(content).digest('hex') === id ? content : undefined;
};
