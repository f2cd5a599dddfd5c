import type { RawLine } from './log-text.ts';

/** How far a container's log has been read. */
export interface LogPosition {
  /** Of the last line that was given out, in nanoseconds. */
  readonly at: bigint;
  /** Lines with exactly this time that were given out: times are not unique. */
  readonly count: number;
  /** Restarts of the container then; after another one, the run before has lines left. */
  readonly restarts: number;
}

/** The lines that come after a position. */
export const linesAfter = <Line extends RawLine>(
  lines: readonly Line[],
  { at, count }: LogPosition
): readonly Line[] => {
  let same = 0;
  return lines.filter((line) => {
    if (line.at !== at) return line.at > at;
    same += 1;
    return same > count;
  });
};

/** The position behind lines that were given out. */
export const advance = (position: LogPosition, given: readonly RawLine[]): LogPosition => {
  const last = given.at(-1);
  if (!last) return position;
  const same = given.filter((line) => line.at === last.at).length;
  return {
    ...position,
    at: last.at,
    count: last.at === position.at ? position.count + same : same,
  };
};
