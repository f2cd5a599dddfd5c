import { expect, test } from '@jest/globals';
import { failAbandonedBuild } from '#core/builds/fail-abandoned-build.ts';
import { buildBed } from './build-bed.ts';

const key = { app: 'shop', id: 'BAAAAAAAAAA' };
const sweep = (bed: ReturnType<typeof buildBed>, isRunning: boolean) =>
  failAbandonedBuild({ ...bed.deps, buildRuns: { isRunning: async () => isRunning } })(key);

test('ends a build whose execution has never begun', async () => {
  const bed = buildBed({ build: { status: 'created' } });

  expect(await sweep(bed, false)).toBe(true);
  expect(bed.build()?.reason).toBe('the build was never started: build again');
});

test('ends a build whose execution is gone', async () => {
  const bed = buildBed({ build: { status: 'running' } });

  expect(await sweep(bed, false)).toBe(true);
  expect(bed.build()).toMatchObject({
    status: 'failed',
    reason: 'the build was interrupted: build again',
    ended: '2026-01-01T00:00:00.000Z',
  });
});

test('leaves a build alone that runs, has ended, is external or is gone', async () => {
  expect(await sweep(buildBed(), true)).toBe(false);
  expect(await sweep(buildBed({ build: { status: 'complete' } }), false)).toBe(false);
  expect(await sweep(buildBed({ build: { external: true } }), false)).toBe(false);
  const removed = buildBed();
  removed.remove();
  expect(await sweep(removed, false)).toBe(false);
});

test('ends an external build of which nobody has said for hours how it went', async () => {
  const bed = buildBed({ build: { external: true, started: '2025-12-31T19:59:59.000Z' } });

  expect(await sweep(bed, false)).toBe(true);
  expect(bed.build()?.reason).toBe('nobody has said how the build went: build again');
});
