import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { CliError, InterruptedError } from './errors.ts';
import type { Host, RunOptions } from './host.ts';

/** Runs a program and hands on its lines as they come. It ends with the signal. */
export const runProgram = async (
  { env, signal }: Pick<Host, 'env' | 'signal'>,
  [program, ...args]: readonly [string, ...string[]],
  options: RunOptions
): Promise<number> => {
  if (signal.aborted) throw new InterruptedError();
  const child = spawn(program, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...env, ...options.env },
    signal,
  });
  for (const input of [child.stdout, child.stderr]) {
    createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY }).on('line', options.onLine);
  }
  return new Promise((resolve, reject) => {
    child.on('error', (cause) => {
      if (!signal.aborted) reject(cannotRun(program, cause));
    });
    // One that was interrupted may have files open until its exit; what it started may outlive it.
    child.on('exit', () => signal.aborted && reject(new InterruptedError()));
    child.on('close', (code, by) => resolve(code ?? (by ? killed : 0)));
  });
};

/** What a shell reports of a program that a signal ended. */
const killed = 128;

const cannotRun = (program: string, cause: Error): CliError =>
  new CliError('ProgramFailed', `cannot run ${program}: ${cause.message}`, {
    hint: `check that ${program} is installed and can be started here`,
    cause,
  });
