import { join } from 'node:path';
import { parseImageReference } from '../../cluster/node/images/image-reference.ts';
import { unsupported } from '../build-error.ts';
import { expandWord } from '../dockerfile/expand-word.ts';
import type { StageText } from '../dockerfile/read-dockerfile.ts';
import { type PulledImage, pullImage } from '../registry/pull-image.ts';
import type { BuildRun } from './build-run.ts';
import { hostArchitecture } from './platform-values.ts';
import { Stage, type StageStart } from './stage.ts';
import { StageFiles } from './stage-files.ts';

const defaultPath = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** FROM: an earlier stage, nothing (`scratch`), or an image from its registry. */
export const openStage = async (run: BuildRun, text: StageText): Promise<Stage> => {
  const { escapeMark } = run.dockerfile;
  const name = expandWord(text.image, { escapeMark, value: (it) => run.globals.get(it) });
  const start = await findStart(run, text, name);
  const [trigger] = start.settings.OnBuild ?? [];
  if (trigger !== undefined) {
    throw unsupported(`${name} asks for ONBUILD ${trigger}`, text.from.line);
  }
  const files = new StageFiles(join(run.workspace, `stage-${text.index}`), start.layers);
  return new Stage(start, files, escapeMark);
};

const findStart = async (run: BuildRun, text: StageText, name: string): Promise<StageStart> => {
  const before = run.dockerfile.stages.slice(0, text.index);
  const parent = before.findLast((stage) => stage.name === name.toLowerCase());
  const stage = parent && run.stages.get(parent.index);
  if (stage !== undefined) {
    return stage;
  }
  return name === 'scratch' ? emptyStart() : await pulledStart(run, name);
};

/** No files. What the image runs is found on this machine. */
const emptyStart = (): StageStart => ({
  settings: { Env: [defaultPath] },
  layers: [],
  history: [],
  architecture: hostArchitecture(),
  variant: undefined,
  author: undefined,
});

const pulledStart = async (run: BuildRun, name: string): Promise<StageStart> => {
  const { canonical } = parseImageReference(name);
  const title = `[internal] load metadata for ${canonical}`;
  const pulled = await run.log.step(title, async (note) => {
    try {
      return await pullImage(name, run.puller);
    } catch (error) {
      const reason = (error as Error).message;
      note(`base image ${name} cannot be pulled (${reason}): using this machine's own runtime`);
      return undefined;
    }
  });
  return pulled === undefined ? emptyStart() : asStart(pulled);
};

const asStart = ({ image, layers }: PulledImage): StageStart => ({
  settings: image.config ?? {},
  layers,
  history: image.history ?? [],
  architecture: image.architecture ?? hostArchitecture(),
  variant: image.variant,
  author: image.author,
});
