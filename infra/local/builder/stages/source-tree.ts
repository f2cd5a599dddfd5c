import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { BuildError } from '../build-error.ts';
import type { StepNotes } from '../build-log.ts';
import { type FileTree, noRules } from '../files/file-tree.ts';
import { pullImage } from '../registry/pull-image.ts';
import type { BuildRun } from './build-run.ts';
import { stageNamed } from './needed-stages.ts';
import { StageFiles } from './stage-files.ts';

/** Where COPY takes files from: the context, or `--from` a stage or another image. */
export const sourceTree = async (
  run: BuildRun,
  from: string | undefined,
  note: StepNotes
): Promise<FileTree> => {
  if (from === undefined) {
    return run.context;
  }
  const named = stageNamed(run.dockerfile.stages, from);
  const stage = named && run.stages.get(named.index);
  if (stage !== undefined) {
    return { root: await stage.files.root(), rules: noRules };
  }
  return { root: await pulledFiles(run, from, note), rules: noRules };
};

const pulledFiles = async (run: BuildRun, image: string, note: StepNotes): Promise<string> => {
  note(`resolve ${image}`);
  try {
    const { layers } = await pullImage(image, run.puller);
    return await new StageFiles(join(run.workspace, `image-${randomUUID()}`), layers).root();
  } catch (error) {
    throw new BuildError(
      `--from=${image}: no such stage, and the image cannot be pulled (${(error as Error).message})`,
      { cause: error }
    );
  }
};
