import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { RecordedChange, RecordedLook, Recording } from '#core/verdicts/recording.ts';
import { replay } from '#core/verdicts/replay.ts';
import { recorded, recordedNames } from './recordings.ts';

const recordings = recordedNames.map(recorded);
const healthy = recordings.filter((it) => replay({ recording: it }).verdict.kind === 'active');
const anyRecording = fc.constantFrom(...recordings);

const end = (recording: Recording, tick?: number) => {
  const { verdict } = replay({ recording, ...(tick !== undefined && { tick }) });
  return verdict.kind === 'failed' ? verdict.reason : verdict.kind;
};

const withLooks = (recording: Recording, looks: readonly RecordedLook[]): Recording => ({
  ...recording,
  looks,
});

test('how often one looks while nothing changes makes no difference', () => {
  fc.assert(
    fc.property(anyRecording, fc.integer({ min: 50, max: 900 }), (recording, tick) => {
      expect(end(recording, tick)).toBe(end(recording));
    }),
    { numRuns: 60 }
  );
});

test('a look that shows what is known already makes no difference', () => {
  fc.assert(
    fc.property(anyRecording, fc.array(fc.nat(30), { maxLength: 8 }), (recording, where) => {
      const twice = recording.looks.flatMap((it, index) =>
        where.includes(index) ? [it, { after: 0, seen: it.seen }, { after: 0, seen: {} }] : [it]
      );

      expect(end(withLooks(recording, twice))).toBe(end(recording));
    }),
    { numRuns: 60 }
  );
});

const objectsOf = ({ seen }: RecordedLook): readonly string[] =>
  Object.entries(seen).flatMap(([service, { pods = {}, ...rest }]: [string, RecordedChange]) => [
    ...Object.keys(pods),
    ...Object.keys(rest).map((it) => `${service} ${it}`),
  ]);

/** Watches of different kinds keep no order among each other; one object's changes stay in theirs. */
const swapped = (looks: readonly RecordedLook[], index: number): readonly RecordedLook[] => {
  const [one, other] = [looks[index], looks[index + 1]];
  if (!one || !other || other.after > 300) return looks;
  if (objectsOf(one).some((it) => objectsOf(other).includes(it))) return looks;
  const pair = [
    { ...other, after: one.after },
    { ...one, after: other.after },
  ];
  return [...looks.slice(0, index), ...pair, ...looks.slice(index + 2)];
};

test('the order of changes to different objects makes no difference', () => {
  fc.assert(
    fc.property(anyRecording, fc.array(fc.nat(30), { maxLength: 10 }), (recording, where) => {
      const looks = where.reduce(swapped, recording.looks);

      expect(end(withLooks(recording, looks))).toBe(end(recording));
    }),
    { numRuns: 100 }
  );
});

test('time out of sight condemns nobody', () => {
  const gaps = fc.array(
    fc.record({ at: fc.nat(40), seen: fc.double({ min: 0, max: 1, noNaN: true }) })
  );
  fc.assert(
    fc.property(fc.constantFrom(...healthy), gaps, (recording, where) => {
      const looks = recording.looks.map((it, index) => {
        const gap = where.find(({ at }) => at === index);
        return gap ? { ...it, after: Math.round(it.after * gap.seen) } : it;
      });

      expect(replay({ recording: withLooks(recording, looks) }).verdict.kind).not.toBe('failed');
    }),
    { numRuns: 100 }
  );
});

test('what happened out of sight condemns nobody either', () => {
  fc.assert(
    fc.property(fc.constantFrom(...healthy), fc.nat(40), fc.nat(10), (recording, from, count) => {
      const looks = recording.looks.map((it, index) =>
        index > from && index <= from + count ? { ...it, after: 0 } : it
      );
      const { verdict } = replay({ recording: withLooks(recording, looks), tick: 1_000 });

      expect(verdict.kind).not.toBe('failed');
    }),
    { numRuns: 60 }
  );
});

test('a recording that ends undecided says what it would have come to', () => {
  const recording = recorded('good');
  const services = recording.services.map((it) => ({
    ...it,
    policy: { ...it.policy, stable: 60 },
  }));
  const { verdict, unless } = replay({ recording, services });

  expect(verdict.kind).toBe('progressing');
  expect(unless?.verdict).toEqual({ kind: 'active' });
  expect(unless?.at).toBeGreaterThan(60_000);
});
