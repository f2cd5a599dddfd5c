import { expect, test } from '@jest/globals';
import { parseNodeSelector, parseTolerations } from '#core/builds/parse-placement.ts';

test('reads labels as kubectl writes them, and as JSON', () => {
  expect(parseNodeSelector('')).toEqual({});
  expect(parseNodeSelector('pool=builds, kubernetes.io/arch=arm64')).toEqual({
    pool: 'builds',
    'kubernetes.io/arch': 'arm64',
  });
  expect(parseNodeSelector('{"pool":"builds"}')).toEqual({ pool: 'builds' });
});

test('reads taints as kubectl writes them, and as JSON', () => {
  expect(parseTolerations('')).toEqual([]);
  expect(parseTolerations('dedicated=builds:NoSchedule,spot:NoExecute,any')).toEqual([
    { key: 'dedicated', operator: 'Equal', value: 'builds', effect: 'NoSchedule' },
    { key: 'spot', operator: 'Exists', effect: 'NoExecute' },
    { key: 'any', operator: 'Exists' },
  ]);
  expect(parseTolerations('[{"operator":"Exists"}]')).toEqual([{ operator: 'Exists' }]);
});

test.each(['pool', 'pool=a=b', '{"pool":1}', '{pool}'])('refuses %j as labels', (text) => {
  expect(() => parseNodeSelector(text)).toThrow(/not a label of nodes|not JSON/);
});

test.each(['a=b:Never', 'a b', '["x"]', '[{]'])('refuses %j as taints', (text) => {
  expect(() => parseTolerations(text)).toThrow(/not a taint of nodes|not JSON/);
});
