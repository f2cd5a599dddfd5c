import { importListKey } from '../archives/archive-key.ts';
import { largestArchive, largestSource } from './largest.ts';
import { sourceListKey } from './object-key.ts';
import type { Chunks, Objects } from './ports.ts';
import { renewAfter, renewArchiveAfter } from './source-life.ts';

/** What is sent in pieces: a source to build, or the archive of an exported build. */
export type Purpose = 'build' | 'import';

export interface PieceStores<Needed extends keyof Chunks> {
  readonly objects: Pick<Objects, 'write'>;
  readonly chunks: Pick<Chunks, Needed>;
  /** Of archives, which expire after a day. */
  readonly transfers: Pick<Objects, 'write'>;
  readonly archiveChunks: Pick<Chunks, Needed>;
}

/** Where pieces go, and what holds for all of them together. */
export const piecesFor = <Needed extends keyof Chunks>(
  purpose: Purpose,
  { objects, chunks, transfers, archiveChunks }: PieceStores<Needed>
) =>
  purpose === 'import'
    ? {
        lists: transfers,
        chunks: archiveChunks,
        listKey: importListKey,
        renewAfter: renewArchiveAfter,
        largest: largestArchive,
      }
    : { lists: objects, chunks, listKey: sourceListKey, renewAfter, largest: largestSource };
