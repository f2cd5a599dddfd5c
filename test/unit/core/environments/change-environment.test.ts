import { expect, test } from '@jest/globals';
import {
  invalidNames,
  isMasked,
  maskedNames,
  setVariables,
  unsetVariables,
} from '#core/environments/change-environment.ts';

const before = { A: '1', B: '2' };

test('sets variables beside those there are', () => {
  expect(setVariables(before, { B: '3', C: '' })).toEqual({ A: '1', B: '3', C: '' });
  expect(before).toEqual({ A: '1', B: '2' });
});

test('unsets variables, also such as are not set', () => {
  expect(unsetVariables(before, ['B', 'C'])).toEqual({ A: '1' });
});

test.each([
  ['****', true],
  [' **** ', true],
  ['***', false],
  ['*****', false],
  ['x****', false],
  ['', false],
])('%j is a mask: %j', (value, masked) => {
  expect(isMasked(value)).toBe(masked);
});

test('names the variables that hold a mask', () => {
  expect(maskedNames({ B: '****', A: '****', C: 'x' })).toEqual(['A', 'B']);
});

test('names the variables that no process could be given', () => {
  expect(invalidNames({ 'A B': '1', É: '2', OK: '3' })).toEqual(['A B', 'É']);
});
