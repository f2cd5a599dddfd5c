import { Readable } from 'node:stream';
import type { PodLogOptions } from '../../pod-logs.ts';
import type { ContainerLog } from './container-log.ts';
import { type LogLine, parseLogLine, readLogLines, renderLine, sinceFilter } from './log-lines.ts';

/** Cuts text at a number of bytes; `undefined` is no limit. */
class ByteBudget {
  #left: number;

  constructor(limit: number | undefined) {
    this.#left = limit ?? Number.POSITIVE_INFINITY;
  }

  get spent(): boolean {
    return this.#left <= 0;
  }

  take(text: string): Buffer {
    const bytes = Buffer.from(text);
    const part = bytes.byteLength > this.#left ? bytes.subarray(0, this.#left) : bytes;
    this.#left -= part.byteLength;
    return part;
  }
}

/**
 * A log as its reader asked for it. With `follow` the stream goes on until the run of the container
 * ends; a reader that leaves early lets go of the log.
 */
export const readLog = (
  file: string,
  live: ContainerLog | undefined,
  options: PodLogOptions
): AsyncIterable<Buffer> => {
  const budget = new ByteBudget(options.limitBytes);
  const wanted = sinceFilter(options, Date.now());
  const stream = new Readable({ read: () => undefined });
  const push = (line: LogLine): void => {
    if (wanted(line) && !budget.spent) {
      stream.push(budget.take(renderLine(line, options)));
    }
    if (budget.spent) {
      stream.push(null);
    }
  };
  const past = readLogLines(file).filter(wanted);
  const { tailLines = past.length } = options;
  for (const line of tailLines === 0 ? [] : past.slice(-tailLines)) {
    push(line);
  }
  if (options.follow && live !== undefined && !live.ended) {
    follow(stream, live, push);
  } else {
    stream.push(null);
  }
  return { [Symbol.asyncIterator]: () => iterate(stream) };
};

/** As a stream's own iterator, but `return` takes effect at once, also while `next` is waiting. */
const iterate = (stream: Readable): AsyncIterator<Buffer> => {
  const chunks = stream[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  const done: IteratorResult<Buffer> = { done: true, value: undefined };
  return {
    next: async () => {
      try {
        return await chunks.next();
      } catch (error) {
        if (stream.destroyed && stream.errored === null) {
          return done;
        }
        throw error;
      }
    },
    return: () => {
      stream.destroy();
      return Promise.resolve(done);
    },
  };
};

const follow = (stream: Readable, log: ContainerLog, push: (line: LogLine) => void): void => {
  const onLine = (line: string): void => {
    if (!stream.readableEnded && !stream.destroyed) {
      push(parseLogLine(line));
    }
  };
  const onEnd = (): void => {
    stream.push(null);
  };
  log.changes.on('line', onLine).once('end', onEnd);
  stream.once('close', () => {
    log.changes.off('line', onLine).off('end', onEnd);
  });
};
