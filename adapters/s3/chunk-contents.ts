import { InvalidRequestError, NotFoundError } from '#core/errors.ts';
import type { Chunks } from '#core/objects/ports.ts';
import { readSourceList } from '#core/objects/source-list.ts';
import { unpackChunk } from './unpack-chunk.ts';

/** Something that was sent in pieces. */
interface Pieced {
  readonly app: string;
  /** The text of their list. */
  readonly list: string;
  /** For messages: `source`. */
  readonly what: string;
  /** How to send it again. */
  readonly hint: string;
  /** Chunks that are fetched while an earlier one is used; each takes 16 MB at most. */
  readonly ahead: number;
}

/**
 * What the chunks of a list make together, one after the other.
 * @throws NotFoundError, InvalidRequestError for a chunk that is gone, or is not what its name says
 */
export async function* chunkContents(
  chunks: Pick<Chunks, 'read'>,
  pieced: Pieced
): AsyncGenerator<Buffer> {
  const begun: Promise<Buffer>[] = [];
  for (const { sha256 } of readSourceList(pieced.list).chunks) {
    begun.push(heard(contentOf(chunks, pieced, sha256)));
    if (begun.length > pieced.ahead) yield await (begun.shift() as Promise<Buffer>);
  }
  for (const one of begun) yield await one;
}

/** A failure of one that is not waited for yet ends no process. */
const heard = <Result>(result: Promise<Result>): Promise<Result> => {
  result.catch(() => undefined);
  return result;
};

const contentOf = async (
  chunks: Pick<Chunks, 'read'>,
  { app, what, hint }: Pieced,
  sha256: string
): Promise<Buffer> => {
  const packed = await chunks.read(app, sha256);
  if (!packed) throw new NotFoundError(`a part of the ${what} has expired: ${sha256}`, { hint });
  const content = await unpackChunk(packed, sha256);
  if (content) return content;
  throw new InvalidRequestError(`a part of the ${what} is not what its name says: ${sha256}`);
};
