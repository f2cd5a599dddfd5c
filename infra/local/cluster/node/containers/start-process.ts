import { type ChildProcess, spawn } from 'node:child_process';
import { accessSync, constants, mkdirSync, statSync } from 'node:fs';
import { delimiter, isAbsolute, join, resolve } from 'node:path';
import type { Environment } from './declared-environment.ts';

export interface ProcessDescription {
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly environment: Environment;
}

/** A command that cannot be executed; the message is what containerd reports. */
export class StartError extends Error {
  override readonly name = 'StartError';
}

const runcFailure =
  'failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: exec: ';

const isFile = (path: string): boolean =>
  statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;

const isExecutable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK);
    return isFile(path);
  } catch {
    // Not there or not executable: the caller says which.
    return false;
  }
};

const findOnPath = (command: string, path: string): string => {
  const candidates = path.split(delimiter).map((folder) => join(folder, command));
  const found = candidates.find(isExecutable);
  if (found === undefined) {
    throw new StartError(`${runcFailure}"${command}": executable file not found in $PATH`);
  }
  return found;
};

const resolveExecutable = (command: string, { cwd, environment }: ProcessDescription): string => {
  if (!command.includes('/')) {
    const { PATH: path = '' } = environment;
    return findOnPath(command, path);
  }
  const file = isAbsolute(command) ? command : resolve(cwd, command);
  if (!isExecutable(file)) {
    const why = isFile(file) ? 'permission denied' : 'no such file or directory';
    throw new StartError(`${runcFailure}"${command}": stat ${command}: ${why}`);
  }
  return file;
};

const spawned = (child: ChildProcess): Promise<void> =>
  new Promise((onSpawn, onError) => {
    child.once('spawn', onSpawn);
    child.once('error', onError);
  });

/**
 * Starts a process as the leader of its own group. `onPid` runs in the same turn, before anything
 * can go wrong. Throws `StartError`.
 */
export const startProcess = async (
  description: ProcessDescription,
  onPid: (pid: number) => void
): Promise<ChildProcess & { readonly pid: number }> => {
  const [command = '', ...args] = description.argv;
  const file = resolveExecutable(command, description);
  mkdirSync(description.cwd, { recursive: true });
  const child = spawn(file, args, {
    argv0: command,
    cwd: description.cwd,
    env: { ...description.environment },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (child.pid !== undefined) {
    onPid(child.pid);
  }
  try {
    await spawned(child);
  } catch (error) {
    // The file is there, so it is its interpreter or loader that this machine lacks.
    const why =
      (error as NodeJS.ErrnoException).code === 'ENOENT'
        ? 'no such file or directory'
        : (error as Error).message;
    throw new StartError(`${runcFailure}"${command}": ${why}`, { cause: error });
  }
  return child as ChildProcess & { readonly pid: number };
};
