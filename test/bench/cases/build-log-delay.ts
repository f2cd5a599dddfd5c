import { readFileSync } from 'node:fs';
import { BuildApp } from '../build/build-app.ts';
import { onBuildingPlane } from '../build/building-plane.ts';
import type { Line } from '../cluster/rack.ts';
import { median, report, rounded } from '../measure.ts';

/** A line now and then; each says when it was written, on the clock that pods share with their machine. */
const ticking =
  'i=0; while [ $i -lt 60 ]; do i=$((i+1)); read up _ < /proc/uptime; echo tick $up; sleep 0.37; done';

/** From the echo of a step to its line in the terminal of `rackless build`. */
export const buildLogDelay = (): Promise<void> =>
  onBuildingPlane(async () => {
    const app = await BuildApp.create('bench-log', [ticking]);
    try {
      const { lines } = await app.build();
      const delays = delaysOf(lines).toSorted((one, other) => one - other);
      report('build-log-delay', {
        lines: delays.length,
        median: rounded(median(delays), 0),
        p95: rounded(delays[Math.floor(delays.length * 0.95)] ?? Number.NaN, 0),
        longest: rounded(delays.at(-1) ?? Number.NaN, 0),
        unit: 'ms',
      });
    } finally {
      await app.remove();
    }
  });

const delaysOf = (lines: readonly Line[]): readonly number[] => {
  const [uptime = ''] = readFileSync('/proc/uptime', 'utf8').split(' ');
  const boot = Date.now() - Number(uptime) * 1000;
  return lines.flatMap(({ at, text }) => {
    const [, tick] = /^#\d+ [\d.]+ tick ([\d.]+)$/.exec(text) ?? [];
    return tick === undefined ? [] : [at - boot - Number(tick) * 1000];
  });
};
