import { spawnSync } from 'node:child_process';
import { PlaneError } from '#infra/local/plane/plane-error.ts';

interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Lets a failure pass. */
  readonly mayFail?: boolean;
}

/** Runs a program to its end and gives its output. */
export const runProgram = (
  command: string,
  args: readonly string[],
  { cwd, env = {}, mayFail = false }: RunOptions = {}
): string => {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd,
    env: { ...process.env, ...env },
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (status === 0 || mayFail) return stdout ?? '';
  const why = error?.message ?? stderr.trim().split('\n').slice(-10).join('\n  ');
  throw new PlaneError(`${command} ${args.slice(0, 3).join(' ')} failed: ${why}`);
};

/** Whether a program is on the PATH or where Debian keeps those for root. */
export const isInstalled = (program: string): boolean =>
  spawnSync('sh', ['-c', `PATH="$PATH:/usr/sbin:/sbin" command -v ${program}`]).status === 0;
