import { createHash } from 'node:crypto';
import { InvalidRequestError } from '../errors.ts';

/** A source is the tar archive that these chunks make, one after the other, when they are unpacked. */
export interface SourceList {
  readonly v: 1;
  readonly chunks: readonly SourceChunk[];
}

export interface SourceChunk {
  /** Of the unpacked chunk, in hex. */
  readonly sha256: string;
  /** Of the unpacked chunk, in bytes. */
  readonly size: number;
}

/** The text of a list and its hash, which names the source. The same chunks give the same text. */
export const writeSourceList = (
  chunks: readonly SourceChunk[]
): { readonly text: string; readonly sha256: string } => {
  const list: SourceList = { v: 1, chunks: chunks.map(({ sha256, size }) => ({ sha256, size })) };
  const text = JSON.stringify(list);
  return { text, sha256: createHash('sha256').update(text).digest('hex') };
};

/** @throws InvalidRequestError for anything that `writeSourceList` did not write. */
export const readSourceList = (text: string): SourceList => {
  const list = JSON.parse(text) as SourceList;
  if (list.v !== 1) throw new InvalidRequestError('the source is of a newer version of the rack');
  return list;
};
