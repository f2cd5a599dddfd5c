/** One line as the container runtime kept it. */
export interface RawLine {
  /** Nanoseconds since 1970: the runtime's own clock, by which lines are told apart. */
  readonly at: bigint;
  readonly text: string;
}

/**
 * Reads a log that was asked for with timestamps. A last line without its line end is left out while
 * the container runs, because the rest of it is still to come.
 */
export const parseLog = (log: string, isEnded: boolean): readonly RawLine[] => {
  const lines = log.split('\n');
  const last = lines.pop();
  if (last && isEnded) lines.push(last);
  return lines.flatMap(parseLine);
};

const parseLine = (line: string): readonly RawLine[] => {
  const space = line.indexOf(' ');
  const at = nanoseconds(space < 0 ? line : line.slice(0, space));
  if (at === undefined) return [];
  return [{ at, text: space < 0 ? '' : line.slice(space + 1).replace(/\r$/, '') }];
};

const timeForm = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/;

/** RFC 3339 with up to nine decimals, as nanoseconds; undefined for anything else. */
const nanoseconds = (time: string): bigint | undefined => {
  const [, seconds = '', decimals = '', zone = ''] = timeForm.exec(time) ?? [];
  const milliseconds = Date.parse(seconds + zone);
  if (Number.isNaN(milliseconds)) return undefined;
  return BigInt(milliseconds) * 1_000_000n + BigInt(decimals.padEnd(9, '0'));
};

/** RFC 3339 in UTC, with nanoseconds. */
export const formatNanoseconds = (at: bigint): string => {
  const seconds = new Date(Number((at / 1_000_000_000n) * 1000n)).toISOString().slice(0, 19);
  return `${seconds}.${String(at % 1_000_000_000n).padStart(9, '0')}Z`;
};
