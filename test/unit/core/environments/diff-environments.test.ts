import { expect, test } from '@jest/globals';
import { diffEnvironments } from '#core/environments/diff-environments.ts';

test('describes added, changed and removed variables in that order, sorted', () => {
  const before = { C: '1', D: '1', G: 'same', Z: '1' };
  const after = { B: '1', A: '1', C: '2', G: 'same', D: '' };

  expect(diffEnvironments(before, after)).toBe('add:A add:B change:C change:D remove:Z');
});

test('says nothing where nothing changed', () => {
  expect(diffEnvironments({ A: '1' }, { A: '1' })).toBe('');
});

test('does not take a property of every object for a variable', () => {
  expect(diffEnvironments({}, { toString: 'x' })).toBe('add:toString');
});
