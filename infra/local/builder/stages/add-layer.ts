import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { type Instruction, titleOf } from '../dockerfile/instruction.ts';
import type { LayerEntry } from '../layers/layer-entry.ts';
import { writeLayer } from '../layers/write-layer.ts';
import type { BuildRun } from './build-run.ts';
import type { HistoryEntry } from './image-file.ts';
import type { Stage } from './stage.ts';

/** What `docker history` shows. */
export const historyOf = (instruction: Instruction, { modified }: BuildRun): HistoryEntry => ({
  created: modified.toISOString(),
  created_by: titleOf(instruction),
  comment: 'rackless built-in builder',
});

/** Puts files on top of the stage; nothing at all makes no layer. */
export const addLayer = async (
  stage: Stage,
  entries: readonly LayerEntry[],
  { run, instruction }: { readonly run: BuildRun; readonly instruction: Instruction }
): Promise<void> => {
  const history = historyOf(instruction, run);
  if (entries.length === 0) {
    stage.addHistory(history);
    return;
  }
  const file = join(run.workspace, `layer-${randomUUID()}.tgz`);
  stage.addLayer(await writeLayer(entries, { file, modified: run.modified }), history);
};
