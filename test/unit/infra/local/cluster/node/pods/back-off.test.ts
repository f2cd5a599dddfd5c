import { expect, test } from '@jest/globals';
import { BackOff, goDuration } from '#infra/local/cluster/node/pods/back-off.ts';

const minute = 60_000;

test('restarts at once the first time, then after 10 s doubled up to 300 s', () => {
  const backOff = new BackOff();
  const waits: number[] = [];
  let now = 1_000_000;
  for (let restart = 0; restart < 8; restart++) {
    waits.push(backOff.remaining(now, now) / 1000);
    now += backOff.remaining(now, now);
    backOff.next(now);
  }

  expect(waits).toEqual([0, 10, 20, 40, 80, 160, 300, 300]);
});

test('counts from the exit, not from the start', () => {
  const backOff = new BackOff();
  backOff.next(1_000_000);

  expect(backOff.remaining(1_004_000, 1_005_000)).toBe(9000);
});

test('begins anew after a calm time of ten minutes', () => {
  const backOff = new BackOff();
  backOff.next(1_000_000);
  backOff.next(1_020_000);
  const exit = 1_020_000 + 10 * minute + 1;

  expect(backOff.remaining(exit, exit)).toBe(0);
  backOff.next(exit);
  expect(backOff.delay).toBe(10_000);
});

test.each([
  [10_000, '10s'],
  [80_000, '1m20s'],
  [300_000, '5m0s'],
])('writes %i ms as %s', (milliseconds, text) => {
  expect(goDuration(milliseconds)).toBe(text);
});
