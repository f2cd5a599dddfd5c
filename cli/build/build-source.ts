import { createBuild } from '#contracts/builds.ts';
import type { Event } from '#contracts/events.ts';
import type { Context } from '../context.ts';
import type { Options } from '../options.ts';
import { chunksOf } from '../source/chunks.ts';
import { findSource } from '../source/find-source.ts';
import { pack } from '../source/pack.ts';
import { ReadingProgress } from '../source/reading-progress.ts';
import { shownPath } from '../source/shown-path.ts';
import { upload } from '../source/upload.ts';
import { buildFailure } from './build-failure.ts';
import { followBuild } from './follow-build.ts';
import { gitFacts } from './git-facts.ts';

type BuildRequest = Partial<ReturnType<typeof createBuild.input.parse>>;

export interface Built {
  readonly build: string;
  readonly release: string;
}

/** Packs a folder, uploads it, and follows its build to the release. Throws when the build fails. */
export const buildSource = async (
  context: Context,
  folder: string,
  options: Options
): Promise<Built> => {
  const source = findSource(context.host.cwd, folder, options.manifest ?? 'convox.yml');
  const git = gitFacts(context.host, source);
  const url = await bring(context, source);
  const { description, ...facts } = await git;
  const build = await start(context, {
    url,
    ...facts,
    description: options.description ?? description,
    development: options.development ?? false,
    manifest: source.manifestFile,
    'no-cache': options.cache === false,
    ...(options.buildArgs && { 'build-args': [...options.buildArgs] }),
  });
  return follow(context, build);
};

const bring = async (context: Context, source: ReturnType<typeof findSource>): Promise<string> => {
  const { archive, skipped, chunks } = await read(context, source);
  for (const path of skipped) {
    context.out.note(`Skipped ${shownPath(path)}: not a file, folder or link`);
  }
  return upload(context, { archive, chunks });
};

const read = async (context: Context, source: ReturnType<typeof findSource>) => {
  const progress = new ReadingProgress(context, 'Packaging source');
  try {
    const { archive, skipped } = pack(source);
    const chunks = await chunksOf(archive, (at) => progress.reached(at, archive.size));
    progress.done();
    return { archive, skipped, chunks };
  } finally {
    progress.close();
  }
};

const start = async ({ call, out, app }: Context, request: BuildRequest): Promise<string> => {
  out.step('Starting build');
  const { id } = await call(createBuild, { app: app(), ...request });
  out.done();
  out.record({ type: 'build', build: id });
  return id;
};

const follow = async (context: Context, id: string): Promise<Built> => {
  const { out, app } = context;
  const hint = `see how it ends with: rackless builds info ${id} -a ${app()}`;
  const onEvent = (event: Event): void => {
    out.record({ type: 'event', ...event });
    out.print(event.text);
  };
  const build = await followBuild(context, { id, onEvent, hint });
  if (build.status !== 'complete') throw buildFailure(build, app());
  return { build: id, release: build.release };
};
