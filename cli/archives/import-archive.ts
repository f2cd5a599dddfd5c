import { importBuild } from '#contracts/archives.ts';
import type { Event } from '#contracts/events.ts';
import { buildFailure } from '../build/build-failure.ts';
import type { Built } from '../build/build-source.ts';
import { followBuild } from '../build/follow-build.ts';
import type { Context } from '../context.ts';
import { type Chunk, chunksOf } from '../source/chunks.ts';
import { ReadingProgress } from '../source/reading-progress.ts';
import { upload } from '../source/upload.ts';
import type { LocalArchive } from './open-archive.ts';

/** Sends an archive to the rack, what is not there of it, and follows its import to the release. */
export const importArchive = async (context: Context, archive: LocalArchive): Promise<Built> => {
  const { call, app, out } = context;
  const url = await upload(context, { archive, chunks: await cut(context, archive) });
  out.step('Importing build');
  const { id } = await call(importBuild, { app: app(), url });
  out.record({ type: 'build', build: id });
  const hint = `see how it ends with: rackless builds info ${id} -a ${app()}`;
  const onEvent = (event: Event): void => out.record({ type: 'event', ...event });
  const build = await followBuild(context, { id, onEvent, hint });
  if (build.status !== 'complete') throw buildFailure(build, app());
  out.done(build.release);
  return { build: id, release: build.release };
};

const cut = async (context: Context, archive: LocalArchive): Promise<readonly Chunk[]> => {
  const progress = new ReadingProgress(context, 'Reading build');
  try {
    const chunks = await chunksOf(archive, (at) => progress.reached(at, archive.size));
    progress.done();
    return chunks;
  } finally {
    progress.close();
  }
};
