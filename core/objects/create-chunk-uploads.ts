import type { Apps } from '../apps/ports.ts';
import { requireOpenApp } from '../apps/require-open-app.ts';
import { type PieceStores, type Purpose, piecesFor } from './pieces.ts';
import type { ContentId } from './ports.ts';

interface CreateChunkUploads {
  readonly app: string;
  readonly chunks: readonly { readonly sha256: string; readonly packed: ContentId }[];
  readonly purpose: Purpose;
}

/** An address for each chunk, for exactly the compressed bytes that the client has made of it. */
export const createChunkUploads =
  (deps: { readonly apps: Apps } & PieceStores<'uploadAddress'>) =>
  async ({ app, chunks, purpose }: CreateChunkUploads) => {
    await requireOpenApp(deps.apps, app);
    const pieces = piecesFor(purpose, deps);
    const uploads = chunks.map(async ({ sha256, packed }) => ({
      sha256,
      ...(await pieces.chunks.uploadAddress(app, sha256, packed)),
    }));
    return { uploads: await Promise.all(uploads) };
  };
