import process from 'node:process';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ChaosBed } from './chaos-bed.ts';
import { type ChaosReport, runChaos } from './run-chaos.ts';

const only = process.env['CHAOS_SEED'];
const runs = Number(process.env['CHAOS_RUNS'] ?? 25);
const firstSeed = Number(process.env['CHAOS_FIRST_SEED'] ?? 1);
const seeds = only ? [Number(only)] : Array.from({ length: runs }, (_, at) => firstSeed + at);
/** Runs at the same time; they spend most of theirs waiting. */
const lanes = Number(process.env['CHAOS_LANES'] ?? 4);

let bed: ChaosBed;
const reports = new Map<number, Promise<ChaosReport>>();

beforeAll(async () => {
  bed = await ChaosBed.start();
  const waiting = [...seeds];
  const starters = new Map<number, () => void>();
  for (const seed of seeds) {
    const started = new Promise<void>((resolve) => starters.set(seed, resolve));
    reports.set(
      seed,
      started.then(() => runChaos(bed, seed))
    );
  }
  const next = (): void => {
    const seed = waiting.shift();
    if (seed === undefined) return;
    starters.get(seed)?.();
    reports.get(seed)?.then(next, next);
  };
  for (let lane = 0; lane < lanes; lane++) next();
}, 120_000);

afterAll(() => bed.close());

const text = ({ plan, broken, story }: ChaosReport): string =>
  [
    `repeat this one: CHAOS_SEED=${plan.seed} npm run test:chaos -- seeds`,
    ...broken.map((it) => `BROKEN ${it}`),
    `plan: ${JSON.stringify(plan)}`,
    ...story,
  ].join('\n');

test.each(seeds)(
  'whatever strikes promotion %i, it has one end and the cluster agrees',
  async (seed) => {
    const report = await reports.get(seed);
    if (!report) throw new Error(`seed ${seed} was not run`);
    if (report.broken.length > 0) throw new Error(text(report));
    expect(report.broken).toEqual([]);
  },
  600_000
);
