import { isInstalled, runProgram } from '../bed/run-program.ts';

/** Why this machine can't have a program that builds images; undefined when it can. */
export const obstacle = (program: string): string | undefined => {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'it needs Linux and root';
  if (isInstalled(program) || isInstalled('apt-get')) return undefined;
  return `there is no ${program}, and no apt-get to install it`;
};

/** Installs a Debian package, unless its program is there; nothing of it is started. */
export const ensureInstalled = (program: string, name: string): void => {
  if (isInstalled(program)) return;
  const env = { DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
  runProgram('apt-get', ['update', '-q'], { env, mayFail: true });
  runProgram('apt-get', ['install', '-y', '-q', '--no-install-recommends', name], { env });
};
