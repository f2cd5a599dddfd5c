import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { ignoreRules } from '#cli/source/ignore-rules.ts';
import { byteCount } from './build-log.ts';
import type { BuildOptions } from './build-options.ts';
import type { Builder, BuildPlace } from './builder.ts';
import { checkInstructions } from './dockerfile/check-instructions.ts';
import { expandWord } from './dockerfile/expand-word.ts';
import { type Dockerfile, readDockerfile, type StageText } from './dockerfile/read-dockerfile.ts';
import { splitWords } from './dockerfile/split-words.ts';
import type { FileTree } from './files/file-tree.ts';
import { packImage } from './layers/pack-image.ts';
import { BlobCache } from './registry/blob-cache.ts';
import type { PackedImage } from './registry/push-image.ts';
import type { BuildRun } from './stages/build-run.ts';
import { buildStage } from './stages/build-stage.ts';
import { neededStages } from './stages/needed-stages.ts';
import { platformValues } from './stages/platform-values.ts';
import type { Stage } from './stages/stage.ts';

/** Builds without containers: everything but RUN and its like. */
export const buildWithStages: Builder = async (options, place) => {
  const { log } = place;
  const title = `[internal] load build definition from ${options.filename}`;
  const { dockerfile, stages } = await log.step(title, async (note) => {
    const parsed = readDockerfile(place.dockerfile);
    const needed = neededStages(parsed.stages, options.target);
    note(`transferring dockerfile: ${byteCount(Buffer.byteLength(place.dockerfile))} done`);
    for (const text of [
      ...options.notes.map((it) => `note: ${it}`),
      ...checkInstructions(needed),
    ]) {
      note(text);
    }
    return await Promise.resolve({ dockerfile: parsed, stages: needed });
  });
  const run = await openRun(options, place, dockerfile);
  return packStage(await buildAll(run, stages), options, run);
};

const buildAll = async (run: BuildRun, texts: readonly StageText[]): Promise<Stage> => {
  let last: Stage | undefined;
  for (const text of texts) {
    last = await buildStage(run, text);
    run.stages.set(text.index, last);
  }
  if (last === undefined) {
    throw new Error('a build has no stage');
  }
  return last;
};

const openRun = async (
  options: BuildOptions,
  { log, platform, workspace, modified, logins, cacheFolder }: BuildPlace,
  dockerfile: Dockerfile
): Promise<BuildRun> => ({
  dockerfile,
  context: await log.step('[internal] load .dockerignore', () => loadContext(options)),
  buildArgs: options.buildArgs,
  globals: readGlobals(dockerfile, options.buildArgs),
  puller: { logins, cache: new BlobCache(cacheFolder) },
  platform,
  workspace,
  modified,
  log,
  stages: new Map(),
});

/** `Dockerfile.dockerignore` beside the Dockerfile counts before `.dockerignore` in the context. */
const loadContext = (options: BuildOptions): Promise<FileTree> => {
  const files = [
    resolve(options.dockerfileFolder, `${options.filename}.dockerignore`),
    resolve(options.context, '.dockerignore'),
  ];
  const file = files.find((it) => existsSync(it));
  const rules = ignoreRules(file === undefined ? '' : readFileSync(file, 'utf8'));
  return Promise.resolve({ root: resolve(options.context), rules });
};

/** ARG before the first FROM: their values are for FROM, and defaults of equal names in stages. */
const readGlobals = (
  { globalArguments, escapeMark }: Dockerfile,
  buildArgs: Readonly<Record<string, string>>
): ReadonlyMap<string, string> => {
  const values = new Map(platformValues());
  for (const word of globalArguments.flatMap(({ content }) => splitWords(content, escapeMark))) {
    const [name = '', ...rest] = word.split('=');
    const own =
      rest.length === 0
        ? undefined
        : expandWord(rest.join('='), { escapeMark, value: (it) => values.get(it) });
    const value = buildArgs[name] ?? own;
    if (value !== undefined) values.set(name, value);
  }
  return values;
};

const packStage = (
  { settings, layers, history, architecture, variant, author }: Stage,
  { labels }: BuildOptions,
  { modified }: BuildRun
): PackedImage => {
  const allLabels = { ...settings.Labels, ...labels };
  const config =
    Object.keys(allLabels).length === 0 ? settings : { ...settings, Labels: allLabels };
  const image = {
    created: modified.toISOString(),
    ...(author !== undefined && { author }),
    architecture,
    ...(variant !== undefined && { variant }),
    config,
    history,
  };
  return packImage(image, layers);
};
