import { expect, test } from '@jest/globals';
import { aManifest, problemsOf, service } from '../parsed.ts';

test.each([
  [[], 100, 200],
  [['singleton: true'], 0, 100],
  [['deployment: {minimum: 25, maximum: 110}'], 25, 110],
  [['deployment: {minimum: 0}'], 0, 200],
  // Full capacity without room for one more process would be an update that can't start.
  [['deployment: {maximum: 100}'], 50, 100],
])('keeps the capacity of %j', (settings, minimum, maximum) => {
  expect(service(...settings).deployment).toMatchObject({ minimum, maximum });
});

test('reads the limits of a promotion', () => {
  const setting = 'deployment: {progressDeadline: 60, crashRestartLimit: -1, stable: 5}';

  expect(service(setting).deployment).toMatchObject({
    progressDeadline: 60,
    crashRestartLimit: -1,
    stable: 5,
  });
});

test.each([
  ['{minimum: -1}', 'service web deployment minimum can not be less than 0'],
  ['{minimum: 101}', 'service web deployment minimum can not be greater than 100'],
  ['{maximum: 99, minimum: 0}', 'service web deployment maximum can not be less than 100'],
  ['{maximum: 201}', 'service web deployment maximum can not be greater than 200'],
  [
    '{minimum: 100, maximum: 100}',
    'service web deployment minimum and maximum can not both be 100',
  ],
  [
    '{progressDeadline: 29}',
    'service web: deployment.progressDeadline must be 0, or between 30 and 21600',
  ],
  ['{crashRestartLimit: -2}', 'service web: deployment.crashRestartLimit must be >= -1'],
  ['{stable: 1.5}', 'unknown type for service deployment stable: float'],
  ['50', 'unknown type for service deployment: int'],
])('refuses deployment: %s', (setting, message) => {
  expect(problemsOf(aManifest(`deployment: ${setting}`))).toEqual([message]);
});
