import { advance, type LogPosition } from './log-position.ts';
import type { SourceLine, SourceReading } from './read-source.ts';

/** What one answer may hold. */
export interface PageLimits {
  readonly lines: number;
  readonly characters: number;
}

/** The lines of one page in the order of their times, and where each container stands after it. */
export const mergeReadings = (
  readings: readonly SourceReading[],
  limits: PageLimits
): {
  readonly lines: readonly SourceLine[];
  readonly positions: ReadonlyMap<string, LogPosition>;
} => {
  const until = horizon(readings);
  const lines = readings
    .flatMap((it) => it.lines)
    .filter((line) => until === undefined || line.at <= until)
    .toSorted((one, other) => Number(one.at - other.at));
  const page = firstOf(lines, limits);
  const given = new Set(page);
  return { lines: page, positions: new Map(readings.map((it) => positionAfter(it, given))) };
};

/** Beyond the end of a reading that was cut, other containers' lines would come too early. */
const horizon = (readings: readonly SourceReading[]): bigint | undefined =>
  readings
    .flatMap(({ isCut, lines }) => (isCut ? lines.slice(-1) : []))
    .map(({ at }) => at)
    .reduce<bigint | undefined>(
      (least, at) => (least === undefined || at < least ? at : least),
      undefined
    );

/** At least one line, so that a reader always moves on. */
const firstOf = (lines: readonly SourceLine[], limits: PageLimits): readonly SourceLine[] => {
  let left = limits.characters;
  const end = lines.findIndex(({ text }, index) => {
    left -= text.length;
    return index >= limits.lines || (left < 0 && index > 0);
  });
  return end < 0 ? lines : lines.slice(0, end);
};

const positionAfter = (
  { source, position, lines, isCut }: SourceReading,
  given: ReadonlySet<SourceLine>
): [string, LogPosition] => {
  const isPreviousLeft = lines.some((line) => line.isPrevious && !given.has(line));
  const stays = isPreviousLeft || (isCut && lines.at(-1)?.isPrevious === true);
  const after = advance(
    position,
    lines.filter((line) => given.has(line))
  );
  return [source.key, { ...after, restarts: stays ? position.restarts : source.restarts }];
};
