import { InvalidRequestError } from '../errors.ts';
import type { LogPosition } from './log-position.ts';

/** Where a reader of an app's logs stands. */
export interface LogCursor {
  /** Where reading began, in nanoseconds; containers that turned up later are read from here. */
  readonly start: bigint;
  readonly positions: ReadonlyMap<string, LogPosition>;
}

/** What the contract takes back. */
const longest = 8000;
const version = 1;

type Entry = readonly [key: string, at: string, count: number, restarts: number];

/** @throws InvalidRequestError when more containers are followed than a cursor can hold. */
export const encodeCursor = ({ start, positions }: LogCursor): string => {
  const entries = [...positions].map(
    ([key, { at, count, restarts }]): Entry => [key, at.toString(36), count, restarts]
  );
  const text = JSON.stringify([version, start.toString(36), entries]);
  const cursor = Buffer.from(text).toString('base64url');
  if (cursor.length <= longest) return cursor;
  throw new InvalidRequestError(`${positions.size} processes are too many to follow at once`, {
    hint: 'name a service or a process',
  });
};

/** @throws InvalidRequestError for anything that `encodeCursor` did not make. */
export const decodeCursor = (cursor: string): LogCursor => {
  try {
    const [v, start, entries] = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    if (v !== version) throw new Error(`cursor of version ${v}`);
    return {
      start: parseNumber(start),
      positions: new Map(
        entries.map(([key, at, count, restarts]: Entry) => [
          String(key),
          { at: parseNumber(at), count: Number(count), restarts: Number(restarts) },
        ])
      ),
    };
  } catch (cause) {
    throw new InvalidRequestError('invalid cursor', {
      hint: 'begin again without a cursor',
      cause,
    });
  }
};

const parseNumber = (text: unknown): bigint => {
  if (typeof text !== 'string' || !/^[0-9a-z]{1,14}$/.test(text)) throw new Error('not a number');
  return [...text].reduce((sum, digit) => sum * 36n + BigInt(Number.parseInt(digit, 36)), 0n);
};
