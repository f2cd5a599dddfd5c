import type { Cluster, LogRequest } from '../kubernetes/ports.ts';
import { type LogPosition, linesAfter } from './log-position.ts';
import type { LogSource } from './log-source.ts';
import { formatNanoseconds, parseLog, type RawLine } from './log-text.ts';

export interface SourceLine extends RawLine {
  readonly source: LogSource;
  readonly isPrevious: boolean;
}

/** New lines of one container, oldest first. */
export interface SourceReading {
  readonly source: LogSource;
  readonly position: LogPosition;
  readonly lines: readonly SourceLine[];
  /** There are more, which were too many for one read. */
  readonly isCut: boolean;
}

/** Bytes of one read. A second that holds more is read again with twice as many, up to the most. */
const readBytes = 128 * 1024;
const mostBytes = 16 * 1024 * 1024;

interface Run {
  readonly source: LogSource;
  readonly position: LogPosition;
  readonly previous: boolean;
  readonly tailLines?: number | undefined;
}

/** Reads what came after the position; the run before as well, if it ended since then. */
export const readSource = async (
  cluster: Pick<Cluster, 'logs'>,
  source: LogSource,
  {
    position,
    tailLines,
  }: { readonly position: LogPosition; readonly tailLines?: number | undefined }
): Promise<SourceReading> => {
  const runs = source.restarts > position.restarts ? [true, false] : [false];
  const lines: SourceLine[] = [];
  for (const previous of runs) {
    const part = await readRun(cluster, { source, position, previous, tailLines });
    lines.push(...part.lines);
    if (part.isCut) return { source, position, lines, isCut: true };
  }
  return { source, position, lines, isCut: false };
};

const readRun = async (
  cluster: Pick<Cluster, 'logs'>,
  run: Run
): Promise<Pick<SourceReading, 'lines' | 'isCut'>> => {
  const isEnded = run.previous || !run.source.isRunning;
  for (let limitBytes = readBytes; ; limitBytes *= 2) {
    const log = await cluster.logs(requestOf(run, limitBytes));
    const isCut = Buffer.byteLength(log) >= limitBytes;
    const lines = linesAfter(parseLog(log, isEnded && !isCut), run.position);
    if (lines.length > 0 || !isCut || limitBytes >= mostBytes) {
      const { source, previous: isPrevious } = run;
      return { lines: lines.map((line) => ({ ...line, source, isPrevious })), isCut };
    }
  }
};

const requestOf = (
  { source, position, previous, tailLines }: Run,
  limitBytes: number
): LogRequest => ({
  namespace: source.namespace,
  pod: source.pod,
  container: source.container,
  timestamps: true,
  limitBytes,
  sinceTime: formatNanoseconds(position.at),
  ...(previous && { previous }),
  ...(tailLines !== undefined && { tailLines }),
});
