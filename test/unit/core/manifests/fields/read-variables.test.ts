import { expect, test } from '@jest/globals';
import { aManifest, errorOf, problemsOf, service } from '../parsed.ts';

test('reads required, defaulted and empty variables, and flattens lists', () => {
  expect(service('environment: [A, B=1, C=, "*", [D=x=y, [E]], "F= b "]').environment).toEqual([
    { name: 'A', default: undefined },
    { name: 'B', default: '1' },
    { name: 'C', default: '' },
    { name: 'D', default: 'x=y' },
    { name: 'E', default: undefined },
    { name: 'F', default: ' b ' },
  ]);
});

test.each([
  [
    'environment: {A: 1}',
    'unknown type for service environment: map, write a list of KEY or KEY=value',
  ],
  [
    'environment: A=1',
    'unknown type for service environment: string, write a list of KEY or KEY=value',
  ],
  [
    'environment: [{A: 1}]',
    'unknown type for service environment: map, write a list of KEY or KEY=value',
  ],
  ['environment: ["=1"]', 'invalid environment declaration: =1'],
  ['environment: ["A B=1"]', 'invalid environment declaration: A B=1'],
])('refuses %j', (setting, message) => {
  expect(problemsOf(aManifest(setting))).toEqual([message]);
});

test('points at the entry that is wrong', () => {
  expect(errorOf(aManifest('environment:', '  - A', '  - B: 1')).problems[0]).toMatchObject({
    line: 5,
    column: 9,
    path: 'services.web.environment',
  });
});
