import { expect, test } from '@jest/globals';
import { aManifest, parsed, problemsOf, service } from '../parsed.ts';

test('takes labels as a map, a list, or a list of maps', () => {
  const expected = { a: '1', 'example.org/b': 'x' };

  expect(service('labels: {a: 1, example.org/b: x}').labels).toEqual(expected);
  expect(service('labels: [a=1, example.org/b=x]').labels).toEqual(expected);
  expect(service('labels: [{a: 1}, {example.org/b: x}]').labels).toEqual(expected);
});

test('lets a service override a label of the manifest', () => {
  const text = `labels: {team: a, tier: b}\n${aManifest('labels: {team: c}')}`;

  expect(parsed(text).services[0]?.labels).toEqual({ team: 'c', tier: 'b' });
});

test('keeps everything after the first = of an annotation', () => {
  expect(service('annotations: ["example.org/role=a=b c"]').annotations).toEqual({
    'example.org/role': 'a=b c',
  });
});

test.each([
  ['labels: {app: x}', "reserved label key 'app' is not allowed"],
  ['labels: {-a: x}', 'service web: labels key -a is invalid'],
  ['labels: {__proto__: x}', 'service web: labels key __proto__ is invalid'],
  ['labels: {a: b c}', 'service web: labels value b c of a is invalid'],
  ['labels: 1', 'unknown type for service labels: int'],
  ['annotations: [a]', 'invalid annotation format: a'],
  ['annotations: [[a]]', 'unsupported annotation type: list'],
  ['annotations: {a: [b]}', 'unsupported annotation type: list'],
  ['annotations: {a b: c}', 'service web: annotations key a b is invalid'],
])('refuses %j', (setting, message) => {
  expect(problemsOf(aManifest(setting))).toEqual([message]);
});

test('refuses a reserved label of the manifest', () => {
  expect(problemsOf(`labels: {release: x}\n${aManifest('port: 1')}`)).toEqual([
    "reserved label key 'release' is not allowed",
  ]);
});
