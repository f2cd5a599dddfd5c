import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';

export interface Started {
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** Who runs it; root may read everything. */
  readonly uid?: number | undefined;
}

/** Starts the real CLI in a process of its own. */
export const startCli = (args: readonly string[], { env, cwd, uid }: Started) => {
  const main = new URL('../cli/main.ts', import.meta.url).pathname;
  const flags = ['--disable-warning=ExperimentalWarning', main, ...args];
  const child = spawn(process.execPath, flags, {
    cwd,
    env: { PATH: process.env['PATH'] ?? '', HOME: '/nonexistent', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(uid !== undefined && { uid, gid: uid }),
  });
  const exited = new Promise<number | null>((resolve) => child.on('close', resolve));
  const ended = Promise.all([exited, text(child.stdout), text(child.stderr)]);
  return { child, end: ended.then(([code, stdout, stderr]) => ({ code, stdout, stderr })) };
};
