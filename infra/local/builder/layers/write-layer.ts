import { createReadStream, createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { Header, Pax } from 'tar';
import { byCodeUnit } from '#cli/by-code-unit.ts';
import { DigestStream } from './digest.ts';
import { type Layer, layerType } from './layer.ts';
import type { LayerEntry } from './layer-entry.ts';

export interface LayerTarget {
  /** Where the layer is written to. */
  readonly file: string;
  /** Of every entry. */
  readonly modified: Date;
}

const blockSize = 512;

/** The level is part of the digest: equal sources must give equal layers. */
const gzipLevel = 6;

/** Writes a tar.gz that depends on nothing but names, modes and contents. Large files are streamed. */
export const writeLayer = async (
  entries: readonly LayerEntry[],
  { file, modified }: LayerTarget
): Promise<Layer> => {
  const plain = new DigestStream();
  const packed = new DigestStream();
  await pipeline(
    Readable.from(archive(entries, modified)),
    plain,
    createGzip({ level: gzipLevel }),
    packed,
    createWriteStream(file)
  );
  const descriptor = { mediaType: layerType, digest: packed.digest(), size: packed.size };
  return { descriptor, diffId: plain.digest(), file };
};

async function* archive(entries: readonly LayerEntry[], modified: Date): AsyncGenerator<Buffer> {
  // A later entry of the same path replaces an earlier one.
  const byPath = new Map(entries.map((entry) => [entry.path, entry]));
  for (const entry of [...byPath.values()].sort((a, b) => byCodeUnit(a.path, b.path))) {
    yield headerOf(entry, modified);
    if (entry.type === 'File') {
      yield* contentOf(entry);
      yield padding(entry.size);
    }
  }
  yield Buffer.alloc(2 * blockSize);
}

const padding = (size: number): Buffer =>
  Buffer.alloc((blockSize - (size % blockSize)) % blockSize);

const headerOf = (entry: LayerEntry, mtime: Date): Buffer => {
  const data = {
    path: entry.type === 'Directory' ? `${entry.path}/` : entry.path,
    type: entry.type,
    mode: entry.type === 'SymbolicLink' ? 0o777 : entry.mode,
    size: entry.type === 'File' ? entry.size : 0,
    uid: 0,
    gid: 0,
    mtime,
    ...(entry.type === 'SymbolicLink' && { linkpath: entry.target }),
  };
  const header = new Header(data);
  const block = Buffer.alloc(blockSize);
  const needsExtension = header.encode(block);
  return needsExtension ? Buffer.concat([new Pax(data).encode(), block]) : block;
};

async function* contentOf(entry: LayerEntry & { type: 'File' }): AsyncGenerator<Buffer> {
  if (Buffer.isBuffer(entry.content)) {
    yield entry.content;
    return;
  }
  let left = entry.size;
  if (left > 0) {
    for await (const chunk of createReadStream(entry.content, { end: left - 1 })) {
      left -= (chunk as Buffer).length;
      yield chunk as Buffer;
    }
  }
  if (left > 0) {
    throw new Error(`${entry.content} became shorter while it was read`);
  }
}
