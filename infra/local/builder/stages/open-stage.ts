import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { parseImageReference } from '../../cluster/node/images/image-reference.ts';
import { BuildError, unsupported } from '../build-error.ts';
import { expandWord } from '../dockerfile/expand-word.ts';
import type { StageText } from '../dockerfile/read-dockerfile.ts';
import type { Layer } from '../layers/layer.ts';
import { pullImage } from '../registry/pull-image.ts';
import type { BuildRun } from './build-run.ts';
import type { ImageFile } from './image-file.ts';
import { hostArchitecture } from './platform-values.ts';
import { wrongPrograms, wrongSystem } from './runs-here.ts';
import { Stage, type StageStart } from './stage.ts';
import { StageFiles } from './stage-files.ts';

const defaultPath = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

interface Start extends StageStart {
  /** When the image has been looked into already. */
  readonly files?: StageFiles;
}

/** FROM: an earlier stage, nothing (`scratch`), or an image from its registry. */
export const openStage = async (run: BuildRun, text: StageText): Promise<Stage> => {
  const { escapeMark } = run.dockerfile;
  const name = expandWord(text.image, { escapeMark, value: (it) => run.globals.get(it) });
  const { files, ...start } = await findStart(run, text, name);
  const [trigger] = start.settings.OnBuild ?? [];
  if (trigger !== undefined) {
    throw unsupported(`${name} asks for ONBUILD ${trigger}`, text.from.line);
  }
  return new Stage(start, files ?? filesOf(run, start.layers), escapeMark);
};

const filesOf = ({ workspace }: BuildRun, layers: readonly Layer[]): StageFiles =>
  new StageFiles(join(workspace, `files-${randomUUID()}`), layers);

const findStart = async (run: BuildRun, text: StageText, name: string): Promise<Start> => {
  const before = run.dockerfile.stages.slice(0, text.index);
  const parent = before.findLast((stage) => stage.name === name.toLowerCase());
  const stage = parent && run.stages.get(parent.index);
  if (stage !== undefined) {
    const { settings, layers, history, architecture, variant, author } = stage;
    return { settings, layers, history, architecture, variant, author };
  }
  return name === 'scratch' ? emptyStart() : await pulledStart(run, text, name);
};

/** No files. What the image runs is found on this machine. */
const emptyStart = (): Start => ({
  settings: { Env: [defaultPath] },
  layers: [],
  history: [],
  architecture: hostArchitecture(),
  variant: undefined,
  author: undefined,
});

const pulledStart = async (run: BuildRun, text: StageText, name: string): Promise<Start> => {
  const { canonical } = parseImageReference(name);
  return await run.log.step(`[internal] load metadata for ${canonical}`, async (note) => {
    const found = await usableImage(run, name);
    if (typeof found !== 'string') {
      return found;
    }
    if (isCopy(run, text)) {
      throw new BuildError(`failed to resolve source metadata for ${canonical}: it ${found}`);
    }
    note(`base image ${name} ${found}: using this machine's own runtime`);
    return emptyStart();
  });
};

/** A Dockerfile of nothing but an image: without the image there is nothing to push. */
const isCopy = ({ dockerfile }: BuildRun, { instructions }: StageText): boolean =>
  dockerfile.stages.length === 1 && instructions.length === 0;

/** The image, or why it is of no use here. */
const usableImage = async (run: BuildRun, name: string): Promise<Start | string> => {
  const system = wrongSystem(run.platform);
  if (system !== undefined) {
    return `cannot run on this machine (${system})`;
  }
  try {
    const { image, layers } = await pullImage(name, run.puller);
    const files = filesOf(run, layers);
    const programs = await wrongPrograms(await files.root(), image.architecture);
    return programs === undefined
      ? { ...asStart(image, layers), files }
      : `cannot run on this machine (${programs})`;
  } catch (error) {
    return `cannot be pulled (${(error as Error).message})`;
  }
};

const asStart = (image: ImageFile, layers: readonly Layer[]): StageStart => ({
  settings: image.config ?? {},
  layers,
  history: image.history ?? [],
  architecture: image.architecture ?? hostArchitecture(),
  variant: image.variant,
  author: image.author,
});
