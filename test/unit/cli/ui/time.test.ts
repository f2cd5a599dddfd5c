import { expect, test } from '@jest/globals';
import { ago, elapsed, parseDuration, timestamp } from '#cli/ui/time.ts';

const now = new Date('2026-03-18T14:30:00Z');
const before = (seconds: number): string => new Date(now.getTime() - seconds * 1000).toISOString();
const hour = 3600;
const day = 24 * hour;

test.each([
  [0, 'now'],
  [1, '1 second ago'],
  [59, '59 seconds ago'],
  [60, '1 minute ago'],
  [119, '1 minute ago'],
  [2 * hour - 1, '1 hour ago'],
  [2 * hour, '2 hours ago'],
  [day, '1 day ago'],
  [7 * day, '1 week ago'],
  [30 * day, '1 month ago'],
  [359 * day, '11 months ago'],
  [360 * day, '1 year ago'],
  [1000 * day, '2 years ago'],
  [-5, 'now'],
])('%d seconds back is %s', (seconds, words) => {
  expect(ago(before(seconds), now)).toBe(words);
});

test('a time that is not there is empty', () => {
  expect([ago('', now), elapsed(before(1), ''), elapsed('', before(1))]).toEqual(['', '', '']);
});

test.each([
  [12, '12s'],
  [60, '1m0s'],
  [125, '2m5s'],
  [hour + 1, '60m1s'],
])('%d seconds take %s', (seconds, text) => {
  expect(elapsed(before(seconds), now.toISOString())).toBe(text);
});

test.each([
  ['90s', 90],
  ['2m', 120],
  ['1h30m', 5400],
  ['1d', day],
  ['', undefined],
  ['5', undefined],
  ['2 m', undefined],
  ['-2m', undefined],
])('the duration %j is %s seconds', (text, seconds) => {
  expect(parseDuration(text)).toBe(seconds);
});

test('a timestamp is UTC to the second, and text that is no time stays as it is', () => {
  expect(timestamp('2026-03-18T15:30:00.999+01:00')).toBe('2026-03-18T14:30:00Z');
  expect(timestamp('soon')).toBe('soon');
});
