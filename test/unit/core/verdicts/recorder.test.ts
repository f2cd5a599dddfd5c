import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { observeService } from '#core/verdicts/observe-service.ts';
import { applyChanges, observed, type RecordedState } from '#core/verdicts/recorded-state.ts';
import { Recorder, unpackRecording } from '#core/verdicts/recorder.ts';
import { type Recording, redactRecording } from '#core/verdicts/recording.ts';
import { aDeployment, aPod, aService, running, terminated, waiting } from './rollout.ts';

const services = [aService()];
const subject = { services, unchanged: {} };

const look = (...containers: readonly object[]) => [
  observeService(aService(), [
    aDeployment({ replicas: containers.length }),
    ...containers.map((it, index) => aPod(it, { name: `web-${index}` })),
  ]),
];

const stateOf = ({ looks }: Recording): RecordedState =>
  looks.reduce((state, it) => applyChanges(state, it.seen), new Map() as RecordedState);

test('only what is new is kept, with the time in between', () => {
  const recorder = new Recorder(subject);
  recorder.add(look(running(0, false)), 0);
  recorder.add(look(running(0, false)), 250);
  recorder.add(look(running(0, false)), 250);
  recorder.add(look(running(0)), 100);
  recorder.add(look(running(0)), 400);
  const { looks, rest } = recorder.recording;

  expect(looks.map((it) => it.after)).toEqual([0, 600]);
  expect(looks[1]?.seen).toEqual({ web: { pods: { 'web-0': expect.anything() } } });
  expect(rest).toBe(400);
});

const anyLook = fc.array(
  fc.oneof(
    fc
      .record({ restarts: fc.nat(3), ready: fc.boolean() })
      .map((it) => running(it.restarts, it.ready)),
    fc.nat(3).map((it) => terminated(it)),
    fc.constantFrom('ErrImagePull', 'ContainerCreating').map((it) => waiting(it, 'why'))
  ),
  { maxLength: 4 }
);

test('what is recorded gives back what was seen, also after an interruption', () => {
  fc.assert(
    fc.property(fc.array(anyLook, { minLength: 1, maxLength: 20 }), fc.nat(20), (given, broken) => {
      let recorder = new Recorder(subject);
      for (const [index, containers] of given.entries()) {
        if (index === broken) recorder = new Recorder(subject, recorder.packed);
        recorder.add(look(...containers), 10);
        const { recording } = recorder;
        const last = JSON.parse(JSON.stringify(observed('web', stateOf(recording))));

        expect(last.fresh).toEqual(JSON.parse(JSON.stringify(lastSeen(containers))));
        expect(total(recording)).toBe((index + 1) * 10);
      }
    }),
    { numRuns: 40 }
  );
});

/** Without what the processes said themselves. */
const lastSeen = (containers: readonly object[]) => look(...containers)[0]?.fresh;

const total = ({ looks, rest }: Recording): number =>
  looks.reduce((all, it) => all + it.after, rest);

test('the middle of a long recording is dropped, and says so', () => {
  const recorder = new Recorder(subject);
  const many = Array.from({ length: 20 }, () => running(0, false));
  for (let index = 0; index < 400; index += 1) {
    recorder.add(look(...many.map((it, at) => (at === index % 20 ? running(index) : it))), 500);
  }
  const { recording } = recorder;

  expect(JSON.stringify(recording).length).toBeLessThan(121_000);
  expect(recorder.packed?.length).toBeLessThan(20_000);
  expect(total(recording)).toBe(200_000);
  expect(recording.looks[1]?.dropped).toBeUndefined();
  expect(recording.looks.filter((it) => it.dropped)).toHaveLength(1);
  expect(recording.looks.reduce((all, it) => all + (it.dropped ?? 1), 0)).toBe(400);
  expect(observed('web', stateOf(recording)).fresh[399 % 20]?.containers[0]?.restarts).toBe(399);
});

test('texts of the cluster are redacted, and the last words of a process never kept', () => {
  const recorder = new Recorder(subject);
  const exit = { exitCode: 1, reason: 'Error', message: 'my password is hunter22' };
  recorder.add(
    look(terminated(0, exit), waiting('ErrImagePull', `no ${'x'.repeat(900)} hunter22`)),
    0
  );
  const recording = unpackRecording(recorder.packed ?? '');
  const redacted = redactRecording(recording, (it) => it.replaceAll('hunter22', '****'));

  expect(JSON.stringify(recording)).not.toContain('password');
  expect(JSON.stringify(redacted)).not.toContain('hunter22');
  expect(JSON.stringify(redacted).length).toBeLessThan(1_600);
});
