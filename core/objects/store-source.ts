import type { Apps } from '../apps/ports.ts';
import { requireOpenApp } from '../apps/require-open-app.ts';
import type { Clock } from '../clock.ts';
import { TooLargeError } from '../errors.ts';
import { objectUrl } from './object-key.ts';
import { type PieceStores, type Purpose, piecesFor } from './pieces.ts';
import { type SourceChunk, writeSourceList } from './source-list.ts';

interface Dependencies extends PieceStores<'retain'> {
  readonly apps: Apps;
  readonly clock: Clock;
}

interface StoreSource {
  readonly app: string;
  readonly chunks: readonly SourceChunk[];
  readonly purpose: Purpose;
}

/** Keeps a source whose chunks are all here, or says which are missing. A source is never kept in part. */
export const storeSource =
  (deps: Dependencies) =>
  async ({ app, chunks, purpose }: StoreSource) => {
    await requireOpenApp(deps.apps, app);
    const pieces = piecesFor(purpose, deps);
    requireSize(chunks, purpose, pieces.largest);
    const { text, sha256 } = writeSourceList(chunks);
    const ids = [...new Set(chunks.map((it) => it.sha256))];
    const here = await pieces.chunks.retain(app, ids, deps.clock() - pieces.renewAfter);
    const missing = ids.filter((it) => !here.has(it));
    const key = pieces.listKey(sha256);
    if (missing.length === 0) await pieces.lists.write(app, key, new TextEncoder().encode(text));
    return { object: objectUrl(app, key), missing };
  };

const requireSize = (chunks: readonly SourceChunk[], purpose: Purpose, largest: number): void => {
  const size = chunks.reduce((sum, it) => sum + it.size, 0);
  if (size <= largest) return;
  if (purpose === 'import') {
    throw new TooLargeError(`the archive has ${size} bytes; ${largest} is the limit`);
  }
  throw new TooLargeError(`the source has ${size} bytes; ${largest} is the limit`, {
    hint: 'leave files out with .dockerignore',
  });
};
