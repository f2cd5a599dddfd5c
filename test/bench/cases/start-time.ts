import process from 'node:process';
import { median, report, rounded, run, times } from '../measure.ts';

const runs = 15;

/** The client's start against that of Node itself, by turns so that both meet the same noise. */
export const startTime = (): void => {
  run('npm', 'run', '--silent', 'build');
  const node: number[] = [];
  const version: number[] = [];
  for (let turn = 0; turn < runs; turn++) {
    node.push(...times(1, () => run(process.execPath, '-e', '0')));
    version.push(...times(1, () => run(process.execPath, 'dist/main.js', '--version')));
  }
  report('start-time', {
    node: rounded(median(node)),
    rackless: rounded(median(version)),
    ratio: rounded(median(version) / median(node), 2),
    unit: 'ms',
    runs,
  });
};
