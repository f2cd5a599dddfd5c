import { createHash } from 'node:crypto';
import type { BlobId } from './ports.ts';

/** All of it, for what is known to be small. */
export const wholeContent = async (content: AsyncIterable<Uint8Array>): Promise<Uint8Array> => {
  const parts: Uint8Array[] = [];
  for await (const part of content) parts.push(part);
  return Buffer.concat(parts);
};

/** Content as it streams by; throws what `failure` makes unless it is exactly what its digest says. */
export async function* checkedContent(
  content: AsyncIterable<Uint8Array>,
  { digest, size }: BlobId,
  failure: (why: string) => Error
): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha256');
  let read = 0;
  for await (const part of content) {
    read += part.length;
    if (read > size) throw failure(`has more than the ${size} bytes it should have`);
    hash.update(part);
    yield part;
  }
  if (read < size) throw failure(`ends after ${read} of ${size} bytes`);
  if (`sha256:${hash.digest('hex')}` !== digest) throw failure('is not what its digest says');
}
