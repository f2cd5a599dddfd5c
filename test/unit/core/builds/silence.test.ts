import { expect, test } from '@jest/globals';
import { silence } from '#core/builds/silence.ts';

const start = '2026-01-01T00:00:00Z';
const minute = 60_000;
const source = { key: 'p/build', namespace: 'n', pod: 'p', container: 'build', service: 'web' };

const after = (
  minutes: number,
  given: { told?: number; isRunning?: boolean; seconds?: number } = {}
) => {
  const { told, isRunning = true, seconds = 1200 } = given;
  const at = told === undefined ? 0n : BigInt(Date.parse(start) + told * minute) * 1_000_000n;
  return silence(
    {
      sources: [{ ...source, restarts: 0, isRunning }],
      pods: [
        { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, status: { startTime: start } },
      ],
    },
    {
      positions: new Map([[source.key, { at, count: 0, restarts: 0 }]]),
      now: Date.parse(start) + minutes * minute,
      seconds,
    }
  );
};

test('counts from the last line, or from the start of a pod that has said nothing', () => {
  expect(after(20)).toBeUndefined();
  expect(after(21)).toBe('the build of web was stopped: it has said nothing for 20 minutes');
  expect(after(21, { told: 10 })).toBeUndefined();
  expect(after(31, { told: 10, seconds: 90 })).toContain('for 90 seconds');
});

test('says nothing of a container that has ended, and bears any silence where none is set', () => {
  expect(after(100, { isRunning: false })).toBeUndefined();
  expect(after(100, { seconds: 0 })).toBeUndefined();
});
