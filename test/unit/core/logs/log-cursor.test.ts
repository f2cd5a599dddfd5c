import { expect, test } from '@jest/globals';
import { decodeCursor, encodeCursor } from '#core/logs/log-cursor.ts';
import type { LogPosition } from '#core/logs/log-position.ts';

const at = 1_767_225_602_123_456_789n;

const positions = (count: number): Map<string, LogPosition> =>
  new Map(
    Array.from({ length: count }, (_, index) => [
      String(index).padStart(10, '0'),
      { at, count: 1, restarts: 0 },
    ])
  );

test('comes back as it was', () => {
  const cursor = { start: at - 1n, positions: positions(3) };

  expect(decodeCursor(encodeCursor(cursor))).toEqual(cursor);
});

test('holds a hundred processes and refuses more than fit, by name', () => {
  expect(encodeCursor({ start: at, positions: positions(100) }).length).toBeLessThanOrEqual(8000);
  expect(() => encodeCursor({ start: at, positions: positions(500) })).toThrow(
    '500 processes are too many to follow at once'
  );
});

test.each(['', '%%', 'e30', Buffer.from('[2,"a",[]]').toString('base64url'), 'WzEsIn4iLFtdXQ'])(
  'refuses %j',
  (cursor) => {
    expect(() => decodeCursor(cursor)).toThrow('invalid cursor');
  }
);
