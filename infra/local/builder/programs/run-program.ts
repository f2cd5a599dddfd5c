import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { userHome } from '../registry/blob-cache.ts';

export interface ProgramRun {
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Takes each line of output. */
  readonly line: (text: string) => void;
  /** In ms; the program is killed then. */
  readonly timeout?: number;
}

/**
 * Runs a container program as the user would, who has its settings and logins at home: a pod has a
 * home of its own. Resolves with the exit code.
 */
export const runProgram = async (
  path: string,
  { args, environment, line, timeout }: ProgramRun
): Promise<number> => {
  const { DOCKER_CONFIG: _, ...rest } = environment;
  const child = spawn(path, [...args], {
    env: { ...rest, HOME: userHome(), ...plainOutput },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(timeout !== undefined && { timeout, killSignal: 'SIGKILL' as const }),
  });
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', line);
  }
  return await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve(code ?? 1));
  });
};

/** Lines instead of a moving picture, and a plain image without an index around it. */
const plainOutput = { BUILDKIT_PROGRESS: 'plain', BUILDX_NO_DEFAULT_ATTESTATIONS: '1' };
