import type { Cluster } from '../kubernetes/ports.ts';
import type { LogSource } from '../logs/log-source.ts';
import { mergeReadings } from '../logs/merge-readings.ts';
import { readSource } from '../logs/read-source.ts';
import type { JobPlan } from './build-plan.ts';
import type { BuildStory } from './build-story.ts';

export interface Teller {
  readonly story: BuildStory;
  /** Takes out what must not be told. */
  readonly mask: (text: string) => string;
}

/** What one round of reading hands on: an event each is written. */
const limits = { lines: 500, characters: 200_000 };

const beginning = { at: 0n, count: 0, restarts: 0 };

/** Adds what the containers have written since the last round. True when that is all there is. */
export const tellLogs = async (
  cluster: Pick<Cluster, 'logs'>,
  sources: readonly LogSource[],
  { story, mask }: Teller
): Promise<boolean> => {
  const { positions } = story;
  const readings = await Promise.all(
    sources.map((source) =>
      readSource(cluster, source, { position: positions.get(source.key) ?? beginning })
    )
  );
  const page = mergeReadings(readings, limits);
  const isMany = new Set(sources.map((it) => it.pod)).size > 1;
  const lines = page.lines.map(({ at, text, source }) => ({
    at: new Date(Number(at / 1_000_000n)).toISOString(),
    text: isMany ? `${mark(source.service)}${mask(text)}` : mask(text),
  }));
  await story.addLog(lines, page.positions);
  const read = readings.reduce((sum, it) => sum + it.lines.length, 0);
  return read === lines.length && !readings.some((it) => it.isCut);
};

const mark = (service: string): string => `[${service}] `;

/** A log of several jobs without what some of them have said. */
export const withoutLinesOf = (jobs: readonly JobPlan[], log: string): string => {
  const marks = jobs.map(({ services: [service = ''] }) => mark(service));
  return log
    .split('\n')
    .filter((line) => !marks.some((it) => line.startsWith(it)))
    .join('\n');
};
