import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { editDistance, nearestKey } from '#core/manifests/fields/nearest-key.ts';

test.each([
  ['', '', 0],
  ['abc', 'abc', 0],
  ['', 'abc', 3],
  ['kitten', 'sitting', 3],
  ['servicess', 'services', 1],
])('from %j to %j are %i edits', (one, other, edits) => {
  expect(editDistance(one, other)).toBe(edits);
});

test('the distance is the same both ways, and never more than the longer word', () => {
  const word = fc.string({ maxLength: 12 });

  fc.assert(
    fc.property(word, word, (one, other) => {
      expect(editDistance(one, other)).toBe(editDistance(other, one));
      expect(editDistance(one, other)).toBeLessThanOrEqual(Math.max(one.length, other.length));
    })
  );
});

test.each([
  ['Services', 'services'],
  ['enviroment', 'environment'],
  ['xyz', undefined],
  ['dockerfile', undefined],
])('%s was meant to be %s', (key, meant) => {
  expect(nearestKey(key, ['environment', 'image', 'services'])).toBe(meant);
});
