import { BuildError } from '../build-error.ts';
import { flagOf } from '../dockerfile/instruction.ts';
import type { StageText } from '../dockerfile/read-dockerfile.ts';

/** A stage by its name, or by its number when it has none. The last of equal names counts. */
export const stageNamed = (stages: readonly StageText[], name: string): StageText | undefined =>
  stages.findLast((stage) => stage.name === name.toLowerCase()) ??
  (/^\d+$/.test(name) ? stages[Number(name)] : undefined);

/** Stages before this one that it is built from, or copies from. */
const neededBy = (stages: readonly StageText[], stage: StageText): readonly StageText[] => {
  const before = stages.slice(0, stage.index);
  const copied = stage.instructions.flatMap((instruction) => flagOf(instruction, 'from') ?? []);
  const byName = before.findLast(({ name }) => name === stage.image.toLowerCase());
  return [byName, ...copied.map((name) => stageNamed(before, name))].filter(
    (it) => it !== undefined
  );
};

/** The stages that the target is made of, in order, the target last. Others are not built, as with BuildKit. */
export const neededStages = (
  stages: readonly StageText[],
  target: string | undefined
): readonly StageText[] => {
  const last = target === undefined ? stages.at(-1) : stageNamed(stages, target);
  if (last === undefined) {
    throw new BuildError(`target stage "${target}" could not be found`);
  }
  const needed = new Set([last]);
  // A set that grows while it is walked: what is added is visited, too.
  for (const stage of needed) {
    for (const other of neededBy(stages, stage)) needed.add(other);
  }
  return [...needed].sort((one, other) => one.index - other.index);
};
