import type { StepNotes } from '../build-log.ts';
import { buildWithStages } from '../build-with-stages.ts';
import type { Builder } from '../builder.ts';
import { buildWithProgram } from './build-with-program.ts';
import { findProgram } from './find-program.ts';

/** docker, podman or buildah when one of them works here, otherwise the built-in builder. */
export const chooseBuilder = async (
  environment: Readonly<Record<string, string | undefined>>,
  note: StepNotes
): Promise<Builder> => {
  const { program, rejected } = await findProgram(environment);
  for (const reason of rejected) note(reason);
  if (program === undefined) {
    note('builder: built-in (no docker, podman or buildah that works on this machine)');
    return buildWithStages;
  }
  note(`builder: ${program.name} (${program.path})`);
  return buildWithProgram(program);
};
