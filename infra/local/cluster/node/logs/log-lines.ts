import { readFileSync } from 'node:fs';
import type { PodLogOptions } from '../../pod-logs.ts';
import { rotatedFile } from './container-log.ts';

/** One entry of a log file. */
export interface LogLine {
  readonly time: string;
  readonly stream: string;
  /** Ends with a line end, unless the process has not written one yet. */
  readonly text: string;
}

export const parseLogLine = (line: string): LogLine => {
  const [time = '', stream = '', tag = 'F'] = line.split(' ', 3);
  const text = line.slice(time.length + stream.length + tag.length + 3);
  return { time, stream, text: tag === 'P' ? text : `${text}\n` };
};

const contentOf = (file: string): string => {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      return '';
    }
    throw error;
  }
};

/** Everything that is kept of a log, oldest first. */
export const readLogLines = (file: string): readonly LogLine[] =>
  [rotatedFile(file), file]
    .flatMap((part) => contentOf(part).split('\n'))
    .filter((line) => line !== '')
    .map(parseLogLine);

/** Whether a line is new enough for `sinceTime` or `sinceSeconds`. */
export const sinceFilter = (options: PodLogOptions, now: number): ((line: LogLine) => boolean) => {
  const since =
    options.sinceTime === undefined
      ? options.sinceSeconds === undefined
        ? undefined
        : now - options.sinceSeconds * 1000
      : Date.parse(options.sinceTime);
  return since === undefined ? () => true : ({ time }) => Date.parse(time) >= since;
};

export const renderLine = (line: LogLine, { timestamps = false }: PodLogOptions): string =>
  timestamps ? `${line.time} ${line.text}` : line.text;
