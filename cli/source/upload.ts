import { storeSource } from '#contracts/objects.ts';
import type { Context } from '../context.ts';
import { InterruptedError } from '../errors.ts';
import { retrying } from '../events/retrying.ts';
import type { Chunk, PiecedContent } from './chunks.ts';
import { failed, goOn } from './put-chunk.ts';
import { sendChunks } from './send-chunks.ts';
import { UploadProgress } from './upload-progress.ts';

interface CutContent {
  readonly archive: PiecedContent;
  readonly chunks: readonly Chunk[];
}

/** Brings a source, or an archive to import, to the rack: what is not there already. Returns its object address. */
export const upload = async (
  context: Context,
  { archive, chunks }: CutContent
): Promise<string> => {
  const { call, app } = context;
  const list = chunks.map(({ sha256, size }) => ({ sha256, size }));
  const { purpose } = archive;
  const store = () => call(storeSource, { app: app(), chunks: list, purpose });
  const title = purpose === 'import' ? 'Uploading build' : 'Uploading source';
  const progress = new UploadProgress(context, { title, chunks: chunks.length });
  try {
    const { object, missing } = await store();
    if (missing.length > 0) {
      const wanted = pick(chunks, missing);
      progress.expect(wanted);
      await sendChunks({ context, archive, progress }, wanted);
      await requireAll(retrying(context, store));
    }
    progress.done();
    return object;
  } catch (error) {
    throw error instanceof InterruptedError
      ? new InterruptedError('interrupted', { hint: goOn })
      : error;
  } finally {
    progress.close();
  }
};

/** Each content once, wherever it stands first. */
const pick = (chunks: readonly Chunk[], ids: readonly string[]): readonly Chunk[] => {
  const first = new Map(chunks.toReversed().map((it) => [it.sha256, it]));
  return ids.flatMap((id) => first.get(id) ?? []);
};

const requireAll = async (stored: Promise<{ readonly missing: readonly string[] }>) => {
  const { missing } = await stored;
  if (missing.length > 0) throw failed(`${missing.length} of its parts did not arrive`);
};
