import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { formatNanoseconds, parseLog } from '#core/logs/log-text.ts';

test('reads times with any number of decimals and any zone', () => {
  const lines = parseLog(
    '2026-01-01T00:00:02Z a\n2026-01-01T00:00:02.1Z b\n2026-01-01T01:00:02.123456789+01:00 c d\n',
    false
  );

  expect(lines.map((it) => [formatNanoseconds(it.at), it.text])).toEqual([
    ['2026-01-01T00:00:02.000000000Z', 'a'],
    ['2026-01-01T00:00:02.100000000Z', 'b'],
    ['2026-01-01T00:00:02.123456789Z', 'c d'],
  ]);
});

test('waits for the end of the last line while the container runs', () => {
  const log = '2026-01-01T00:00:01Z one\n2026-01-01T00:00:02Z tw';

  expect(parseLog(log, false).map((it) => it.text)).toEqual(['one']);
  expect(parseLog(log, true).map((it) => it.text)).toEqual(['one', 'tw']);
});

test('keeps empty lines and skips what is no line of a log', () => {
  const lines = parseLog('2026-01-01T00:00:01Z \nnonsense\n2026-01-01T00:00:02Z\n', false);

  expect(lines.map((it) => it.text)).toEqual(['', '']);
});

test('gives back the time it was given', () => {
  void fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 4_000_000_000_000_000_000n }), (at) => {
      const [line] = parseLog(`${formatNanoseconds(at)} x\n`, false);
      expect(line?.at).toBe(at);
    })
  );
});
