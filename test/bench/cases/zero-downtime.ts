import { EngineBed } from '#test/cluster/engine/engine-bed.ts';
import { rollUnderLoad } from '#test/cluster/stories/under-load.ts';
import type { Target } from '../cluster/bed.ts';
import { pushServerImage } from '../load/push-server-image.ts';
import type { Tallies } from '../load/tally.ts';
import { report, rounded } from '../measure.ts';

/** Requests and failures while a service of two processes is deployed, broken, scaled and restarted. */
export const zeroDowntime = async ({ registry }: Target): Promise<void> => {
  const image = pushServerImage(registry);
  const bed = await EngineBed.start();
  try {
    const { kept, fresh } = await rollUnderLoad(bed, image);
    tell('kept', kept);
    tell('new for each request', fresh);
  } finally {
    await bed.close();
  }
};

const tell = (connections: string, tallies: Tallies): void => {
  for (const [step, { requests, failures, longestGap }] of Object.entries(tallies)) {
    const figures = { requests, failures, longestGap: rounded(longestGap, 0), unit: 'ms' };
    report('zero-downtime', { step, connections, ...figures });
  }
};
