import { BuildError, NoRegistryError, UnsupportedError } from '../build-error.ts';
import type { StepNotes } from '../build-log.ts';
import { buildWithStages } from '../build-with-stages.ts';
import type { Builder } from '../builder.ts';
import { buildWithProgram } from './build-with-program.ts';
import { findProgram, type ProgramName, programNames } from './find-program.ts';

const builtIn = 'built-in';

/**
 * The builder that `LOCAL_BUILDER` names; without it docker, podman or buildah when one of them works
 * here, otherwise the built-in builder. @throws BuildError when the named one is unknown or does not work
 */
export const chooseBuilder = async (
  environment: Readonly<Record<string, string | undefined>>,
  note: StepNotes
): Promise<Builder> => {
  const wanted = environment['LOCAL_BUILDER'];
  if (wanted === builtIn) {
    note('builder: built-in (LOCAL_BUILDER)');
    return buildWithStages;
  }
  const { program, rejected } = await findProgram(environment, wantedNames(wanted));
  for (const reason of rejected) note(reason);
  if (program === undefined) {
    if (wanted)
      throw new BuildError(`LOCAL_BUILDER=${wanted}: ${rejected[0] ?? 'not found on PATH'}`);
    note('builder: built-in (no docker, podman or buildah that works on this machine)');
    return buildWithStages;
  }
  note(`builder: ${program.name} (${program.path})`);
  const withProgram = buildWithProgram(program);
  return wanted ? withProgram : orBuiltIn(withProgram, program.name);
};

/** A machine without a network has a rack, too: what runs nothing needs no base image. */
const orBuiltIn =
  (withProgram: Builder, name: ProgramName): Builder =>
  async (options, place) => {
    try {
      return await withProgram(options, place);
    } catch (error) {
      if (!(error instanceof NoRegistryError)) throw error;
      place.log.line(`note: ${name} reached no registry: the built-in builder tries it`);
      return await buildWithStages(options, place).catch((second: unknown) => {
        throw second instanceof UnsupportedError ? error : second;
      });
    }
  };

const wantedNames = (wanted: string | undefined): readonly ProgramName[] => {
  if (!wanted) return programNames;
  const named = programNames.filter((name) => name === wanted);
  if (named.length > 0) return named;
  throw new BuildError(
    `LOCAL_BUILDER=${wanted}: no such builder; there are ${[...programNames, builtIn].join(', ')}`
  );
};
