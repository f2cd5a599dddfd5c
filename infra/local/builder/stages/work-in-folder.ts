import { posix } from 'node:path';
import type { Instruction } from '../dockerfile/instruction.ts';
import { findInside } from '../files/file-tree.ts';
import { addLayer } from './add-layer.ts';
import type { BuildRun } from './build-run.ts';
import { missingFolders } from './destination.ts';
import type { Stage } from './stage.ts';

/** WORKDIR: makes the folder, and starts commands and relative paths there. */
export const workInFolder = async (
  stage: Stage,
  instruction: Instruction,
  run: BuildRun
): Promise<void> => {
  const path = posix.resolve('/', stage.workingFolder, stage.expand(instruction.content));
  stage.settings.WorkingDir = path;
  const isThere = (await findInside(await stage.files.root(), path)) !== undefined;
  // The folder counts as one above a file in it.
  const folders = isThere ? [] : await missingFolders(stage, [`${path.slice(1)}/file`]);
  await addLayer(stage, folders, { run, instruction });
};
