import { createHash } from 'node:crypto';
import { setImmediate as otherWork } from 'node:timers/promises';
import type { Purpose } from '#contracts/objects.ts';
import { cutPoint, maximumChunk } from './cut-point.ts';

/** What is cut and sent: any part of it is read when it is asked for. */
export interface PiecedContent {
  readonly purpose: Purpose;
  /** In bytes. */
  readonly size: number;
  /** Of gzip, from 0 to 9. */
  readonly compression: number;
  /** Fills `target` with what stands at a position. */
  read(position: number, target: Buffer): void;
  /** That what stands between two positions is not what it was. */
  changed(start: number, end: number): Error;
}

/** A piece of it, named by its content. */
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
  archive: Pick<PiecedContent, 'size' | 'read'>,
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
