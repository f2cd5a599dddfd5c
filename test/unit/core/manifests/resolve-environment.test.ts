import { expect, test } from '@jest/globals';
import { resolveEnvironment } from '#core/manifests/resolve-environment.ts';
import { service } from './parsed.ts';

test('a service gets its defaults and the complete environment of the release', () => {
  const web = service('environment: [A=default, B=default, C, B=later]');

  expect(resolveEnvironment(web, { A: 'set', C: '', UNDECLARED: 'too' })).toEqual({
    values: { A: 'set', B: 'later', C: '', UNDECLARED: 'too' },
    missing: [],
  });
});

test('required variables that are not set are named once and sorted', () => {
  const web = service('environment: [Z, A, B=1, Z, B, toString]');

  expect(resolveEnvironment(web, {}).missing).toEqual(['A', 'B', 'Z', 'toString']);
});

test('a variable called __proto__ is a variable', () => {
  const { values } = resolveEnvironment(service('environment: [__proto__=x]'), {});

  expect(Object.entries(values)).toEqual([['__proto__', 'x']]);
});
