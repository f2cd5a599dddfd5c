import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { pushServerImage } from '../../bench/load/push-server-image.ts';
import type { Tallies } from '../../bench/load/tally.ts';
import { EngineBed } from '../engine/engine-bed.ts';
import { rollUnderLoad } from './under-load.ts';

const limit = 300_000;
const registry = process.env['REGISTRY'] ?? '';
let bed: EngineBed;

beforeAll(async () => {
  bed = await EngineBed.start();
}, limit);

afterAll(() => bed.close(), limit);

const steps = ['deploy', 'crash-loop', 'scale-up', 'scale-down', 'cancel', 'restart'];

const failuresOf = (tallies: Tallies): readonly unknown[] =>
  Object.entries(tallies)
    .filter(([, { failures }]) => Object.keys(failures).length > 0)
    .map(([step, { failures }]) => ({ step, failures }));

const requestsOf = (tallies: Tallies): readonly number[] =>
  steps.map((it) => tallies[it]?.requests ?? 0);

test(
  'no request is lost over a deploy, a broken release, scaling, a cancel and a restart',
  async () => {
    const { kept, fresh, ends } = await rollUnderLoad(bed, pushServerImage(registry));

    expect(ends).toEqual({ deploy: 'Promoted', 'crash-loop': 'RolledBack', cancel: 'RolledBack' });
    expect(failuresOf(kept)).toEqual([]);
    expect(failuresOf(fresh)).toEqual([]);
    expect(Math.min(...requestsOf(kept), ...requestsOf(fresh))).toBeGreaterThan(100);
  },
  limit
);
