import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { type Chunk, sha256 } from './chunks.ts';
import type { SourceArchive } from './source-archive.ts';
import { sourceChanged } from './unreadable.ts';

const compress = promisify(gzip);

export interface PackedChunk extends Chunk {
  readonly content: Buffer;
  readonly packed: { readonly sha256: string; readonly size: number };
}

/** Reads a chunk again and compresses it. @throws CliError when it is not what it was at first */
export const packChunk = async (archive: SourceArchive, chunk: Chunk): Promise<PackedChunk> => {
  const bytes = Buffer.allocUnsafeSlow(chunk.size);
  archive.read(chunk.start, bytes);
  if (sha256(bytes) !== chunk.sha256) {
    throw sourceChanged(archive.changedIn(chunk.start, chunk.start + chunk.size));
  }
  const content = await compress(bytes, { level: 6, chunkSize: 1024 * 1024 });
  return { ...chunk, content, packed: { sha256: sha256(content), size: content.length } };
};
