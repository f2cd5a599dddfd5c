import { expect, test } from '@jest/globals';
import type { ContainerObservation, ServiceObservation } from '#core/verdicts/observation.ts';
import { type Frame, replay } from '#core/verdicts/replay.ts';
import { recorded, recordedNames, sizeOfRecorded } from './recordings.ts';

type Sign = (observation: ServiceObservation) => boolean;

const container =
  (shows: (it: ContainerObservation) => boolean): Sign =>
  ({ fresh }) =>
    fresh.some((pod) => pod.containers.some(shows));
const exits = (count: number): Sign => container((it) => it.exits >= count);
const waits = (reason: string): Sign => container((it) => it.waiting?.reason === reason);
const runs = container((it) => it.isRunning);
const refused: Sign = ({ deployment }) => deployment?.replicaFailure !== undefined;
const unscheduled: Sign = ({ fresh }) => fresh.some((it) => it.unschedulable !== undefined);

/** Between two looks at a quiet cluster. */
const tick = 250;

/**
 * What a person would say, the first sign by which it could be known, and how long that must last:
 * the time that the rule allows for it to pass.
 */
const failures: readonly (readonly [string, string, readonly [Sign, number]])[] = [
  ['crash-loop', 'CrashLoop', [exits(2), 0]],
  ['crash-late', 'CrashLoop', [exits(2), 0]],
  ['oom', 'OOMKilled', [exits(2), 0]],
  ['failing-init', 'InitFailed', [exits(2), 0]],
  ['bad-command', 'BadCommand', [exits(1), 0]],
  ['missing-secret', 'MissingSecret', [waits('CreateContainerConfigError'), 500]],
  ['missing-secret-key', 'MissingSecret', [waits('CreateContainerConfigError'), 500]],
  ['missing-image', 'ImageNotFound', [waits('ErrImagePull'), 500]],
  ['denied-image', 'ImageDenied', [waits('ErrImagePull'), 500]],
  ['refused', 'AdmissionRefused', [refused, 500]],
  ['quota', 'QuotaExceeded', [refused, 5_000]],
  ['unschedulable', 'Unschedulable', [unscheduled, 30_000]],
  ['registry-down', 'ImagePullFailed', [waits('ErrImagePull'), 60_000]],
  ['never-ready', 'NeverReady', [runs, 60_000]],
];

/** Healthy, however rough, and the stable time of its services. */
const successes: readonly (readonly [string, number])[] = [
  ['good', 1_000],
  ['first-release', 1_000],
  ['worker', 10_000],
  ['slow-start', 1_000],
  ['slow-pull', 1_000],
  ['flapping', 1_000],
  ['crash-once', 1_000],
  ['registry-blip', 1_000],
  ['old-failing', 1_000],
  ['sick-unchanged', 1_000],
  ['disruption-budget', 1_000],
  ['autoscaled', 1_000],
  ['node-gone', 1_000],
];

const firstFrame = (frames: readonly Frame[], shows: (frame: Frame) => boolean): number =>
  frames.find(shows)?.at ?? Number.NaN;

test.each(failures)('%s fails as %s', (name, reason, [sign, grace]) => {
  const { verdict, at, frames } = replay({ recording: recorded(name) });
  const shown = firstFrame(frames, (it) => it.observations.some(sign));

  expect(verdict).toMatchObject({ kind: 'failed', reason, service: 'web' });
  expect(at - shown).toBeGreaterThanOrEqual(grace);
  expect(at - shown).toBeLessThanOrEqual(grace + tick);
});

test.each(successes)('%s becomes active', (name, stable) => {
  const recording = recorded(name);
  const { verdict, at, frames } = replay({ recording });
  const isDone = ({ service, deployment, fresh, old }: ServiceObservation): boolean =>
    service in recording.unchanged ||
    (deployment?.isCurrent === true &&
      fresh.filter((it) => it.isReady).length >= deployment.desired &&
      old.length === 0);
  const done = firstFrame(frames, (it) => it.observations.every(isDone));

  expect(verdict).toEqual({ kind: 'active' });
  expect(at - done).toBeLessThanOrEqual(stable + tick);
});

test('every recording is judged here, and small', () => {
  const judged = [...failures, ...successes].map(([name]) => name);

  expect(new Set(recordedNames)).toEqual(new Set(judged));
  expect(recordedNames.filter((it) => sizeOfRecorded(it) > 60_000)).toEqual([]);
});

test('the recordings show what they are about', () => {
  const sees = (name: string, sign: Sign): boolean =>
    replay({ recording: recorded(name) }).frames.some((it) => it.observations.some(sign));

  expect(sees('crash-once', exits(1))).toBe(true);
  expect(sees('registry-blip', waits('ErrImagePull'))).toBe(true);
  expect(sees('old-failing', ({ old }) => old.some((it) => !it.isReady))).toBe(true);
  expect(sees('sick-unchanged', (it) => it.service === 'sick' && exits(2)(it))).toBe(true);
  expect(sees('autoscaled', (it) => it.deployment?.desired === 4)).toBe(true);
  expect(sees('node-gone', (it) => it.service === 'web' && it.leaving > 0)).toBe(true);
  expect(replay({ recording: recorded('slow-pull') }).at).toBeGreaterThan(100_000);
});
