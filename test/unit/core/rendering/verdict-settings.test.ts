import { expect, test } from '@jest/globals';
import { parseManifest } from '#core/manifests/parse-manifest.ts';
import { changedSettings, verdictSettings } from '#core/rendering/verdict-settings.ts';

const settingsOf = (...lines: readonly string[]) => {
  const text = ['services:', '  web:', '    build: .', ...lines.map((it) => `    ${it}`)].join(
    '\n'
  );
  const [service] = parseManifest(text).services;
  if (!service) throw new Error('no service');
  return verdictSettings(service);
};

test('a service with a health check is stable after a second, a worker after ten', () => {
  expect(settingsOf('port: 3000')).toEqual({
    stable: 1,
    progressDeadline: 300,
    crashExits: 2,
    readyWithin: 60,
  });
  expect(settingsOf().stable).toBe(10);
  expect(settingsOf('deployment: {stable: 30}').stable).toBe(30);
});

test.each([
  // One more than Convox's restarts; -1 opts out, 0 is as if it were not there.
  ['{crashRestartLimit: 3}', 4],
  ['{crashRestartLimit: -1}', 0],
  ['{crashRestartLimit: 0}', 2],
])('deployment: %s condemns after %i exits', (deployment, exits) => {
  expect(settingsOf(`deployment: ${deployment}`).crashExits).toBe(exits);
});

test.each([
  ['{progressDeadline: 60}', 60],
  // Off in Convox: its timeout of a promotion is what is left.
  ['{progressDeadline: 0}', 3_000],
  ['{progressDeadline: 30, stable: 600}', 630],
])('deployment: %s allows %i s without progress', (deployment, seconds) => {
  expect(settingsOf(`deployment: ${deployment}`).progressDeadline).toBe(seconds);
});

test('the schedule of a slow health check is waited out', () => {
  const slow = settingsOf('port: 3000', 'health: {path: /, grace: 400, interval: 10}');

  expect(slow).toMatchObject({ readyWithin: 460, progressDeadline: 490 });
});

test('a change by hand follows the rules of the manifest', () => {
  const settings = settingsOf('port: 3000');

  expect(changedSettings(settings, {})).toEqual(settings);
  expect(changedSettings(settings, { crashRestartLimit: 5, stable: 400 })).toEqual({
    stable: 400,
    progressDeadline: 430,
    crashExits: 6,
    readyWithin: 60,
  });
  expect(changedSettings(settings, { progressDeadline: 0 }).progressDeadline).toBe(3_000);
  expect(changedSettings(settings, { progressDeadline: 60 }).progressDeadline).toBe(60);
});
