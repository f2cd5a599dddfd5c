import { ConflictError, UnavailableError } from '../errors.ts';
import type { BlobId, ImageRepository } from './ports.ts';

/** Without a byte in between; with the pauses, 15 seconds. */
const tries = 5;
const firstPause = 1000;

export interface BlobSource {
  readonly store: Pick<ImageRepository, 'blob'>;
  readonly sleep: (milliseconds: number) => Promise<void>;
}

/**
 * The content of a blob, unchecked. A line that breaks is taken up where it broke.
 * @throws UnavailableError when nothing more comes, ConflictError when there is no such blob
 */
export async function* resumedBlob(
  { store, sleep }: BlobSource,
  { digest, size }: BlobId
): AsyncGenerator<Uint8Array> {
  let at = 0;
  let failures = 0;
  while (at < size) {
    const before = at;
    try {
      for await (const part of await open(store, digest, at)) {
        at += part.length;
        yield part;
      }
      if (at < size)
        throw new UnavailableError(`layer ${digest} ends after ${at} of ${size} bytes`);
    } catch (error) {
      failures = countFailure(error, failures, at - before);
      await sleep(firstPause * 2 ** (failures - 1));
    }
  }
}

/** How many tries in a row have brought nothing. @param bytes that this one has brought */
const countFailure = (error: unknown, failures: number, bytes: number): number => {
  const count = bytes > 0 ? 1 : failures + 1;
  if (!(error instanceof UnavailableError) || count >= tries) throw error;
  return count;
};

const open = async (
  store: BlobSource['store'],
  digest: string,
  at: number
): Promise<AsyncIterable<Uint8Array>> => {
  const content = await store.blob(digest, at);
  if (content) return content;
  throw new ConflictError(`a layer is not in the registry any more: ${digest}`);
};
