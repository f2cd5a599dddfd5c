import { namespaceOf } from '../apps/app.ts';
import type { Apps } from '../apps/ports.ts';
import { requireApp } from '../apps/require-app.ts';
import type { Clock } from '../clock.ts';
import type { Cluster } from '../kubernetes/ports.ts';
import { processSelector } from '../processes/process-selector.ts';
import { decodeCursor, encodeCursor, type LogCursor } from './log-cursor.ts';
import type { LogPosition } from './log-position.ts';
import { type LogSource, logSources } from './log-source.ts';
import { formatNanoseconds } from './log-text.ts';
import { mergeReadings } from './merge-readings.ts';
import { readSource, type SourceLine } from './read-source.ts';

export interface LogDependencies {
  readonly rack: string;
  readonly apps: Pick<Apps, 'find'>;
  readonly cluster: Cluster;
  readonly clock: Clock;
  readonly pause: (milliseconds: number) => Promise<void>;
}

export interface ListLogsRequest {
  readonly app: string;
  readonly cursor?: string | undefined;
  /** Seconds to wait for a line. */
  readonly wait: number;
  /** Seconds back from now, for the first page. */
  readonly since: number;
  readonly tail?: number | undefined;
  /** Only lines that contain it. */
  readonly filter?: string | undefined;
  readonly service?: string | undefined;
  readonly process?: string | undefined;
  /** Also the run before a container's last restart, on the first page. */
  readonly previous: boolean;
}

export interface LogPage {
  readonly lines: { at: string; service: string; process: string; text: string }[];
  readonly cursor: string;
}

/** How long a line may take to be noticed, in ms. */
const pollInterval = 300;
const limits = { lines: 2000, characters: 1_000_000 };
/** Logs that are read at the same time. */
const readers = 16;

/** The lines of an app's processes after a cursor, in the order of their times. */
export const listLogs =
  (dependencies: LogDependencies) =>
  async (request: ListLogsRequest): Promise<LogPage> => {
    await requireApp(dependencies.apps, request.app);
    const start = request.cursor ? decodeCursor(request.cursor) : undefined;
    const { lines, cursor } = await readUntilLine(dependencies, request, start);
    return { lines: lines.map(shown), cursor: encodeCursor(cursor) };
  };

const readUntilLine = async (
  dependencies: LogDependencies,
  request: ListLogsRequest,
  start: LogCursor | undefined
) => {
  const { clock, pause } = dependencies;
  const deadline = clock() + request.wait * 1000;
  let page = await readPage(dependencies, request, start);
  while (page.lines.length === 0 && clock() + pollInterval <= deadline) {
    if (!page.isMore) await pause(pollInterval);
    page = await readPage(dependencies, request, page.cursor);
  }
  return page;
};

const shown = ({ at, source, text }: SourceLine) => ({
  at: formatNanoseconds(at),
  service: source.service,
  process: source.pod,
  text,
});

const readPage = async (
  { rack, cluster, clock }: LogDependencies,
  request: ListLogsRequest,
  cursor: LogCursor | undefined
) => {
  const { app, service, process, filter, tail } = request;
  const selector = processSelector({ rack, app }, service);
  const pods = await cluster.list('Pod', namespaceOf(rack, app), selector);
  const sources = pods.items
    .filter(({ metadata }) => !process || metadata.name === process)
    .flatMap(logSources);
  const start = cursor?.start ?? BigInt(clock() - request.since * 1000) * 1_000_000n;
  const readings = await eachAtMost(readers, sources, (source) =>
    readSource(cluster, source, {
      position:
        cursor?.positions.get(source.key) ??
        firstPosition(source, start, !cursor && !request.previous),
      ...(!cursor && { tailLines: tail }),
    })
  );
  const { lines, positions } = mergeReadings(readings, limits);
  return {
    lines: filter ? lines.filter(({ text }) => text.includes(filter)) : lines,
    cursor: { start, positions },
    isMore: lines.length > 0,
  };
};

/** A container that turned up after the first page is read whole, with the run before. */
const firstPosition = (source: LogSource, start: bigint, currentOnly: boolean): LogPosition => ({
  at: start,
  count: 0,
  restarts: currentOnly ? source.restarts : 0,
});

const eachAtMost = async <Item, Result>(
  atOnce: number,
  items: readonly Item[],
  work: (item: Item) => Promise<Result>
): Promise<readonly Result[]> => {
  const results: Result[] = [];
  for (let index = 0; index < items.length; index += atOnce) {
    results.push(...(await Promise.all(items.slice(index, index + atOnce).map(work))));
  }
  return results;
};
