import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { byText } from '#core/environments/environment.ts';
import { type ListLogsRequest, listLogs } from '#core/logs/list-logs.ts';
import type { LoggedLine } from '#test/fakes/in-memory-cluster.ts';
import { aContainer, aPod, clusterBed } from '../cluster-bed.ts';

const now = Date.parse('2026-01-01T00:01:00Z');

const bedWith = async (...pods: string[]) => {
  const bed = clusterBed();
  let clock = now;
  let onPause = (): unknown => undefined;
  for (const pod of pods) await bed.cluster.put(aPod(pod));
  return {
    ...bed,
    clock: () => clock,
    pause: async (milliseconds: number) => {
      clock += milliseconds;
      await onPause();
    },
    whilePausing: (action: () => unknown) => {
      onPause = action;
    },
    log: (pod: string, lines: readonly LoggedLine[], previous = false) =>
      bed.cluster.setLog({ namespace: 'atom-shop', pod, container: 'shop', previous }, lines),
  };
};

type Bed = Awaited<ReturnType<typeof bedWith>>;

const line = (second: number, text: string): LoggedLine => ({
  at: new Date(now - 60_000 + second * 1000).toISOString(),
  text,
});

const request: ListLogsRequest = { app: 'shop', wait: 0, since: 120, previous: false };

const read = async (bed: Bed, given: Partial<ListLogsRequest> = {}) => {
  const page = await listLogs(bed)({ ...request, ...given });
  return { ...page, texts: page.lines.map((it) => it.text) };
};

test('merges the processes of an app by time', async () => {
  const bed = await bedWith('web-1', 'worker-1');
  bed.log('web-1', [line(1, 'one'), line(3, 'three')]);
  bed.log('worker-1', [line(2, 'two')]);

  const { lines } = await read(bed);

  expect(lines).toEqual([
    { at: '2026-01-01T00:00:01.000000000Z', service: 'web', process: 'web-1', text: 'one' },
    { at: '2026-01-01T00:00:02.000000000Z', service: 'worker', process: 'worker-1', text: 'two' },
    { at: '2026-01-01T00:00:03.000000000Z', service: 'web', process: 'web-1', text: 'three' },
  ]);
});

test('goes on at the cursor, also between lines of the same time', async () => {
  const bed = await bedWith('web-1');
  bed.log('web-1', [line(1, 'a'), line(1, 'b')]);
  const first = await read(bed);
  bed.log('web-1', [line(1, 'a'), line(1, 'b'), line(1, 'c'), line(2, 'd')]);

  const second = await read(bed, { cursor: first.cursor });
  const third = await read(bed, { cursor: second.cursor });

  expect([first.texts, second.texts, third.texts]).toEqual([['a', 'b'], ['c', 'd'], []]);
});

test('loses no line and doubles none, however a log grows between the pages', async () => {
  const growth = fc.array(fc.tuple(fc.constantFrom('web-1', 'web-2'), fc.nat(3)), {
    maxLength: 30,
  });
  await fc.assert(
    fc.asyncProperty(growth, fc.array(fc.nat(5)), async (steps, pauses) => {
      const bed = await bedWith('web-1', 'web-2');
      const logs: Record<string, LoggedLine[]> = { 'web-1': [], 'web-2': [] };
      const seen: string[] = [];
      let second = 0;
      let cursor: string | undefined;
      for (const [index, [pod, later]] of steps.entries()) {
        second += later;
        logs[pod]?.push(line(second, `${index}`));
        bed.log(pod, logs[pod] ?? []);
        if (pauses.includes(index)) {
          const page = await read(bed, { cursor });
          seen.push(...page.texts);
          cursor = page.cursor;
        }
      }
      seen.push(...(await read(bed, { cursor })).texts);
      expect(seen.toSorted(byText)).toEqual(steps.map((_, index) => `${index}`).toSorted(byText));
    }),
    { numRuns: 40 }
  );
});

test('gives the last lines of a run that ended between two pages', async () => {
  const bed = await bedWith('web-1');
  bed.log('web-1', [line(1, 'up')]);
  const { cursor } = await read(bed);
  bed.log('web-1', [line(1, 'up'), line(2, 'last words')], true);
  bed.log('web-1', [line(4, 'up again')]);
  await bed.cluster.setStatus(aPod('web-1'), {
    containerStatuses: [aContainer({ restartCount: 1 })],
  });

  const second = await read(bed, { cursor });
  const third = await read(bed, { cursor: second.cursor });

  expect(second.texts).toEqual(['last words', 'up again']);
  expect(third.texts).toEqual([]);
});

test('reads a process from its beginning when it turned up after the first page', async () => {
  const bed = await bedWith('web-1');
  const { cursor } = await read(bed);
  await bed.cluster.put(aPod('web-2'));
  bed.log('web-2', [line(50, 'hello')]);

  expect((await read(bed, { cursor })).texts).toEqual(['hello']);
});

test('begins with the last lines that are asked for', async () => {
  const bed = await bedWith('web-1');
  bed.log('web-1', [line(1, 'a'), line(2, 'b'), line(3, 'c')]);

  const { texts, cursor } = await read(bed, { tail: 1 });

  expect(texts).toEqual(['c']);
  expect((await read(bed, { cursor })).texts).toEqual([]);
});

test('begins no earlier than asked', async () => {
  const bed = await bedWith('web-1');
  bed.log('web-1', [line(10, 'old'), line(55, 'new')]);

  expect((await read(bed, { since: 10 })).texts).toEqual(['new']);
});

test('shows the run before only when asked on the first page', async () => {
  const bed = await bedWith('web-1');
  await bed.cluster.setStatus(aPod('web-1'), {
    containerStatuses: [aContainer({ restartCount: 1 })],
  });
  bed.log('web-1', [line(1, 'crash')], true);
  bed.log('web-1', [line(2, 'up')]);

  expect((await read(bed)).texts).toEqual(['up']);
  expect((await read(bed, { previous: true })).texts).toEqual(['crash', 'up']);
});

test('narrows to a service, a process and a text', async () => {
  const bed = await bedWith('web-1', 'web-2', 'worker-1');
  for (const pod of ['web-1', 'web-2', 'worker-1']) bed.log(pod, [line(1, pod), line(2, 'ok')]);

  expect((await read(bed, { service: 'web', filter: '-' })).texts).toEqual(['web-1', 'web-2']);
  expect((await read(bed, { process: 'worker-1' })).texts).toEqual(['worker-1', 'ok']);
});

test('holds the answer until there is a line, or the time is up', async () => {
  const bed = await bedWith('web-1');
  const { cursor } = await read(bed);
  let pauses = 0;
  bed.whilePausing(() => {
    pauses += 1;
    if (pauses === 3) bed.log('web-1', [line(59, 'at last')]);
  });

  const woken = await read(bed, { cursor, wait: 20 });
  const timedOut = await read(bed, { cursor: woken.cursor, wait: 2 });

  expect(woken.texts).toEqual(['at last']);
  expect(pauses).toBeGreaterThan(3);
  expect(timedOut.texts).toEqual([]);
});

test('pages through more than one answer holds, in order', async () => {
  const bed = await bedWith('web-1', 'web-2');
  const long = 'x'.repeat(200);
  const log = (from: number) =>
    Array.from({ length: 2500 }, (_, index) => line((from + index * 2) / 100, `${from} ${long}`));
  bed.log('web-1', log(0));
  bed.log('web-2', log(1));
  const times: string[] = [];

  let page = await read(bed);
  while (page.texts.length > 0) {
    times.push(...page.lines.map((it) => it.at));
    page = await read(bed, { cursor: page.cursor });
  }

  expect(times).toHaveLength(5000);
  expect(times).toEqual(times.toSorted(byText));
});

test('does not stall on a second that holds more than one read', async () => {
  const bed = await bedWith('web-1');
  const many = Array.from({ length: 3000 }, (_, index) => line(1, `${index} ${'x'.repeat(90)}`));
  bed.log('web-1', many);
  const seen: string[] = [];

  let page = await read(bed);
  while (page.texts.length > 0) {
    seen.push(...page.texts);
    page = await read(bed, { cursor: page.cursor });
  }

  expect(seen).toEqual(many.map((it) => it.text));
});

test('names an unknown app and a broken cursor', async () => {
  const bed = await bedWith();

  await expect(read(bed, { app: 'other' })).rejects.toThrow('app not found: other');
  await expect(read(bed, { cursor: 'x' })).rejects.toThrow('invalid cursor');
});
