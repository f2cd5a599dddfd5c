import type { Apps } from '../apps/ports.ts';
import { requireOpenApp } from '../apps/require-open-app.ts';
import type { Clock } from '../clock.ts';
import { TooLargeError } from '../errors.ts';
import { objectUrl, sourceListKey } from './object-key.ts';
import type { Chunks, Objects } from './ports.ts';
import { renewAfter } from './source-life.ts';
import { type SourceChunk, writeSourceList } from './source-list.ts';

interface Dependencies {
  readonly apps: Apps;
  readonly objects: Pick<Objects, 'write'>;
  readonly chunks: Pick<Chunks, 'retain'>;
  readonly clock: Clock;
}

interface StoreSource {
  readonly app: string;
  readonly chunks: readonly SourceChunk[];
}

const largest = 8 * 1024 ** 3;

/** Keeps a source whose chunks are all here, or says which are missing. A source is never kept in part. */
export const storeSource =
  (deps: Dependencies) =>
  async ({ app, chunks }: StoreSource) => {
    await requireOpenApp(deps.apps, app);
    requireSize(chunks);
    const { text, sha256 } = writeSourceList(chunks);
    const ids = [...new Set(chunks.map((it) => it.sha256))];
    const here = await deps.chunks.retain(app, ids, deps.clock() - renewAfter);
    const missing = ids.filter((it) => !here.has(it));
    const key = sourceListKey(sha256);
    if (missing.length === 0) await deps.objects.write(app, key, new TextEncoder().encode(text));
    return { object: objectUrl(app, key), missing };
  };

const requireSize = (chunks: readonly SourceChunk[]): void => {
  const size = chunks.reduce((sum, it) => sum + it.size, 0);
  if (size <= largest) return;
  throw new TooLargeError(`the source has ${size} bytes; ${largest} is the limit`, {
    hint: 'leave files out with .dockerignore',
  });
};
