import { expect, test } from '@jest/globals';
import { failAbandonedBuild } from '#core/builds/fail-abandoned-build.ts';
import { buildBed } from './build-bed.ts';

const key = { app: 'shop', id: 'BAAAAAAAAAA' };
const sweep = (bed: ReturnType<typeof buildBed>, isRunning: boolean) =>
  failAbandonedBuild({ ...bed.deps, buildRuns: { isRunning: async () => isRunning } })(key);

test('ends a build whose execution is gone', async () => {
  const bed = buildBed();

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
