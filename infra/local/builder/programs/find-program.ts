import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { runProgram } from './run-program.ts';

type Environment = Readonly<Record<string, string | undefined>>;

export type ProgramName = 'docker' | 'podman' | 'buildah';

export interface Program {
  readonly name: ProgramName;
  readonly path: string;
  /** Docker's BuildKit plugin is there. */
  readonly hasBuildx: boolean;
  readonly environment: Environment;
}

export interface FoundProgram {
  readonly program: Program | undefined;
  /** Why programs that are on PATH are not used. */
  readonly rejected: readonly string[];
}

export const programNames: readonly ProgramName[] = ['docker', 'podman', 'buildah'];

/** In ms; a daemon that takes longer is not there. */
const timeout = 3000;

/** The first of these that is on PATH and works: `info` reaches its daemon or its storage. */
export const findProgram = async (
  environment: Environment,
  names: readonly ProgramName[]
): Promise<FoundProgram> => {
  const rejected: string[] = [];
  for (const name of names) {
    const path = onPath(name, environment);
    if (path === undefined) continue;
    const problem = await problemOf(path, environment);
    if (problem === undefined) {
      const hasBuildx =
        name === 'docker' && (await answers(path, ['buildx', 'version'], environment));
      return { program: { name, path, hasBuildx, environment }, rejected };
    }
    rejected.push(`${name} is not used: ${problem}`);
  }
  return { program: undefined, rejected };
};

const onPath = (name: string, { PATH = '' }: Environment): string | undefined =>
  PATH.split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, name))
    .find(isExecutable);

const isExecutable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    // Not there, or not for this user.
    return false;
  }
};

const answers = async (
  path: string,
  args: readonly string[],
  environment: Environment
): Promise<boolean> => {
  try {
    return (await runProgram(path, { args, environment, timeout, line: () => undefined })) === 0;
  } catch {
    // It can't even be started.
    return false;
  }
};

const problemOf = async (path: string, environment: Environment): Promise<string | undefined> => {
  const lines: string[] = [];
  const line = (text: string): void => {
    if (text.trim() !== '') lines.push(text.trim());
  };
  try {
    const code = await runProgram(path, { args: ['info'], environment, timeout, line });
    return code === 0 ? undefined : reasonIn(lines);
  } catch (error) {
    return (error as Error).message;
  }
};

/** The line that tells most among those of a failed `info`. */
const reasonIn = (lines: readonly string[]): string => {
  const said = lines.find((line) => /cannot connect|^error:/i.test(line)) ?? lines.at(-1);
  return said?.replace(/^error:\s*/i, '') ?? 'it does not answer';
};
