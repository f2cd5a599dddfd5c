import { createGzip } from 'node:zlib';
import { type Chunk, type PiecedContent, sha256 } from './chunks.ts';
import { maximumChunk } from './cut-point.ts';

export interface PackedChunk extends Chunk {
  /** Good until its packer is used again for another batch. */
  readonly content: Buffer;
  readonly packed: { readonly sha256: string; readonly size: number };
}

/** Bytes of chunks that a packer takes at a time. */
export const batchBytes = maximumChunk;
/** What content that can't be compressed takes more, and then some. */
const overhead = 64 * 1024;

/**
 * Compresses batches of chunks, one after the other. It holds one batch and one chunk, in memory that
 * it uses again for the next: buffers that are thrown away pile up until they are collected.
 */
export class ChunkPacker {
  readonly #archive: PiecedContent;
  readonly #bytes = Buffer.allocUnsafeSlow(maximumChunk);
  readonly #packed = Buffer.allocUnsafeSlow(batchBytes + overhead);

  constructor(archive: PiecedContent) {
    this.#archive = archive;
  }

  /** @throws CliError when a chunk is not what it was when it was cut */
  async pack(batch: readonly Chunk[]): Promise<readonly PackedChunk[]> {
    const packed: PackedChunk[] = [];
    let room = this.#packed;
    for (const chunk of batch) {
      const content = await this.#compress(this.#read(chunk), room);
      packed.push({ ...chunk, content, packed: { sha256: sha256(content), size: content.length } });
      room = room.subarray(content.length);
    }
    return packed;
  }

  #read(chunk: Chunk): Buffer {
    const bytes = this.#bytes.subarray(0, chunk.size);
    this.#archive.read(chunk.start, bytes);
    if (sha256(bytes) === chunk.sha256) return bytes;
    throw this.#archive.changed(chunk.start, chunk.start + chunk.size);
  }

  #compress(bytes: Buffer, target: Buffer): Promise<Buffer> {
    const gzip = createGzip({ level: this.#archive.compression, chunkSize: partBytes });
    gzip.end(bytes);
    return gather(gzip, target);
  }
}

/** Of what zlib gives at a time. */
const partBytes = 256 * 1024;

/** The beginning of `target`, filled. */
const gather = async (packed: AsyncIterable<Buffer>, target: Buffer): Promise<Buffer> => {
  const parts = new Set<ArrayBufferLike>();
  let size = 0;
  for await (const part of packed) {
    if (part.copy(target, size) < part.length) throw new Error('a chunk is too large to be packed');
    size += part.length;
    parts.add(part.buffer);
  }
  // Nobody can see them any more.
  for (const part of parts) release(part);
  return target.subarray(0, size);
};

/** Gives memory back at once: V8 would let 64 MB of it pile up. Smaller ones may be shared. */
const release = (memory: ArrayBufferLike & { transfer?(bytes: number): unknown }): void => {
  if (memory.byteLength === partBytes) memory.transfer?.(0);
};
