import type { Apps } from '../apps/ports.ts';
import { requireOpenApp } from '../apps/require-open-app.ts';
import type { Chunks, ContentId } from './ports.ts';

interface CreateChunkUploads {
  readonly app: string;
  readonly chunks: readonly { readonly sha256: string; readonly packed: ContentId }[];
}

/** An address for each chunk, for exactly the compressed bytes that the client has made of it. */
export const createChunkUploads =
  (deps: { readonly apps: Apps; readonly chunks: Pick<Chunks, 'uploadAddress'> }) =>
  async ({ app, chunks }: CreateChunkUploads) => {
    await requireOpenApp(deps.apps, app);
    const uploads = chunks.map(async ({ sha256, packed }) => ({
      sha256,
      ...(await deps.chunks.uploadAddress(app, sha256, packed)),
    }));
    return { uploads: await Promise.all(uploads) };
  };
