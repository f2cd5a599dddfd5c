import { importBuild } from '#contracts/archives.ts';
import type { Event } from '#contracts/events.ts';
import { createUpload, type Upload } from '#contracts/objects.ts';
import { type Built, failure } from '../build/build-source.ts';
import { followBuild } from '../build/follow-build.ts';
import type { Context } from '../context.ts';
import { failed, putChunk } from '../source/put-chunk.ts';
import { bytesText } from '../ui/progress.ts';
import { ProgressView } from '../ui/progress-view.ts';
import type { LocalArchive } from './open-archive.ts';

/** Sends an archive to the rack, unless it is there, and follows its import to the release. */
export const importArchive = async (context: Context, archive: LocalArchive): Promise<Built> => {
  const { call, app, out } = context;
  const view = new ProgressView(context, 'Importing build');
  try {
    const url = await send(context, archive, view);
    const { id } = await call(importBuild, { app: app(), url });
    out.record({ type: 'build', build: id });
    const hint = `see how it ends with: rackless builds info ${id} -a ${app()}`;
    const onEvent = (event: Event): void => out.record({ type: 'event', ...event });
    const build = await followBuild(context, { id, onEvent, hint });
    if (build.status !== 'complete') throw failure(build, app());
    view.done(build.release);
    return { build: id, release: build.release };
  } finally {
    view.close();
  }
};

const send = async (
  context: Context,
  { sha256, content }: LocalArchive,
  view: ProgressView
): Promise<string> => {
  const { call, app, host } = context;
  const size = content.length;
  const ask = () => call(createUpload, { app: app(), sha256, size, purpose: 'import' });
  const { object, exists } = await ask();
  if (exists) return object;
  let sent = 0;
  const onSent = (bytes: number): void => {
    sent += bytes;
    const summary = `${bytesText(sent)} of ${bytesText(size)} sent`;
    const record = { type: 'upload', bytes: sent, size };
    view.show({ part: sent / size, bytes: sent, summary, record }, 'Uploading build');
  };
  // Each try gets an address of its own: a slow line may outlast one.
  await putChunk(host, { content, onSent, address: async () => addressIn(await ask()) });
  return object;
};

const addressIn = ({ url, headers }: Upload) => {
  if (url && headers) return { url, headers };
  throw failed('the rack gave no address for it');
};
