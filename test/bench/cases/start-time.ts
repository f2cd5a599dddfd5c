import process from 'node:process';
import { median, report, rounded, run, times } from '../measure.ts';

const runs = 15;

/** The client's start against that of Node itself, by turns so that all meet the same noise. */
export const startTime = (): void => {
  run('npm', 'run', '--silent', 'build');
  const taken: Record<keyof typeof programs, number[]> = { node: [], bundle: [], command: [] };
  for (let turn = 0; turn < runs; turn++) {
    for (const name of ['node', 'bundle', 'command'] as const) {
      taken[name].push(...times(1, programs[name]));
    }
  }
  const [node, bundle, command] = [taken.node, taken.bundle, taken.command].map(median);
  report('start-time', {
    node: rounded(node ?? Number.NaN),
    bundle: rounded(bundle ?? Number.NaN),
    bundleRatio: ratio(bundle, node),
    command: rounded(command ?? Number.NaN),
    commandRatio: ratio(command, node),
    unit: 'ms',
    runs,
  });
};

const programs = {
  node: () => run(process.execPath, '-e', '0'),
  /** What an installed package runs. */
  bundle: () => run(process.execPath, 'dist/main.js', '--version'),
  /** With the shell script of a checkout before it, which looks whether the bundle is stale. */
  command: () => run('bin/rackless', '--version'),
};

const ratio = (one = Number.NaN, other = Number.NaN): number => rounded(one / other, 2);
