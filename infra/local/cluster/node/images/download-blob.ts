import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Descriptor } from './image-config.ts';
import type { RegistryClient } from './registry-client.ts';

export interface Download {
  readonly blob: Descriptor;
  readonly file: string;
  readonly signal: AbortSignal;
}

/** Writes a blob to a file. Throws when its content is not what its digest says. */
export const downloadBlob = async (
  client: RegistryClient,
  { blob, file, signal }: Download
): Promise<void> => {
  const hash = createHash('sha256');
  const hashing = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      done(null, chunk);
    },
  });
  const content = Readable.fromWeb(await client.blob(blob.digest, signal));
  await pipeline(content, hashing, createWriteStream(file), { signal });
  const digest = `sha256:${hash.digest('hex')}`;
  if (digest !== blob.digest) {
    throw new Error(
      `unexpected commit digest ${digest}, expected ${blob.digest}: failed precondition`
    );
  }
};
