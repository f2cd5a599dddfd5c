import { createHash } from 'node:crypto';
import { setImmediate as otherWork } from 'node:timers/promises';
import { cutPoint, maximumChunk } from './cut-point.ts';
import type { SourceArchive } from './source-archive.ts';

/** A piece of a source's archive, named by its content. */
export interface Chunk {
  /** Hex. */
  readonly sha256: string;
  /** Where it begins in the archive, in bytes. */
  readonly start: number;
  readonly size: number;
}

/**
 * Reads an archive once and cuts it where its content says so. Holds no more than one chunk.
 * @param onRead gets the position that has been reached; what it throws ends the reading
 */
export const chunksOf = async (
  archive: Pick<SourceArchive, 'size' | 'read'>,
  onRead: (position: number) => void = () => undefined
): Promise<readonly Chunk[]> => {
  const chunks: Chunk[] = [];
  const window = Buffer.allocUnsafe(Math.min(maximumChunk, archive.size));
  let held = 0;
  for (let start = 0; start < archive.size; ) {
    const left = window.subarray(0, Math.min(window.length, archive.size - start));
    archive.read(start + held, left.subarray(held));
    const size = cutPoint(left);
    chunks.push({ sha256: sha256(left.subarray(0, size)), start, size });
    held = left.length - size;
    left.copyWithin(0, size);
    start += size;
    onRead(start);
    // Everything above is synchronous: Ctrl-C has to get a chance.
    await otherWork();
  }
  return chunks;
};

export const sha256 = (bytes: Uint8Array): string =>
  createHash('sha256').update(bytes).digest('hex');
