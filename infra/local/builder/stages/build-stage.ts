import { atLine } from '../build-error.ts';
import { type Instruction, titleOf } from '../dockerfile/instruction.ts';
import type { StageText } from '../dockerfile/read-dockerfile.ts';
import { historyOf } from './add-layer.ts';
import type { BuildRun } from './build-run.ts';
import { copyFiles } from './copy-files.ts';
import { openStage } from './open-stage.ts';
import { settingsInstructions } from './settings-instructions.ts';
import type { Stage } from './stage.ts';
import { workInFolder } from './work-in-folder.ts';

/** Only what makes files is a step of its own in the output, as with BuildKit. */
const isStep = ({ keyword }: Instruction): boolean => ['ADD', 'COPY', 'WORKDIR'].includes(keyword);

/** Carries out the instructions of one stage. Throws `BuildError` with the line. */
export const buildStage = async (run: BuildRun, text: StageText): Promise<Stage> => {
  const stage = await openAt(run, text);
  const total = 1 + text.instructions.filter(isStep).length;
  let done = 1;
  await run.log.step(`${label(run, text, `${done}/${total}`)} ${titleOf(text.from)}`, () =>
    Promise.resolve()
  );
  for (const instruction of text.instructions) {
    done += Number(isStep(instruction));
    const place = label(run, text, `${done}/${total}`);
    try {
      await carryOut({ run, stage, instruction, place });
    } catch (error) {
      throw atLine(error, instruction.line);
    }
  }
  return stage;
};

const openAt = async (run: BuildRun, text: StageText): Promise<Stage> => {
  try {
    return await openStage(run, text);
  } catch (error) {
    throw atLine(error, text.from.line);
  }
};

const label = ({ dockerfile }: BuildRun, { name, index }: StageText, step: string): string => {
  const isOnly = dockerfile.stages.length === 1 && name === undefined;
  return isOnly ? `[${step}]` : `[${name ?? `stage-${index}`} ${step}]`;
};

interface Work {
  readonly run: BuildRun;
  readonly stage: Stage;
  readonly instruction: Instruction;
  /** `[2/3]` */
  readonly place: string;
}

const carryOut = async ({ run, stage, instruction, place }: Work): Promise<void> => {
  const settings = settingsInstructions[instruction.keyword];
  if (settings !== undefined) {
    settings(stage, instruction, run);
    stage.addHistory(historyOf(instruction, run));
    return;
  }
  await run.log.step(`${place} ${titleOf(instruction)}`, async (note) => {
    await (instruction.keyword === 'WORKDIR'
      ? workInFolder(stage, instruction, run)
      : copyFiles(stage, { run, instruction, note }));
  });
};
