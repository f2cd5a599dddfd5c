import type { Context } from '../context.ts';
import { liveArea } from './live-area.ts';
import { progressLine } from './progress.ts';

/** Milliseconds between two lines where nothing can be redrawn, and between two records. */
const linesEvery = 10_000;
const recordsEvery = 1000;

/** How far something is. */
export interface Sight {
  /** Of the work, from 0 to 1. */
  readonly part: number;
  /** Bytes that have moved. */
  readonly bytes: number;
  /** In words, where there is no bar. */
  readonly summary: string;
  readonly record: object;
}

/** Shows how far something long is: a bar on a terminal, a line now and then elsewhere, or records. */
export class ProgressView {
  readonly #context: Pick<Context, 'out' | 'host'>;
  readonly #title: string;
  readonly #area: ReturnType<typeof liveArea> | undefined;
  readonly #began: number;
  #told: number;

  constructor(context: Pick<Context, 'out' | 'host'>, title: string) {
    const { out, host } = context;
    this.#context = context;
    this.#title = title;
    this.#area = out.terminal && liveArea(out.terminal, host.clock);
    this.#began = this.#now();
    this.#told = this.#began;
    // A line that is not complete cannot stand above the bar.
    if (!this.#area) out.step(title);
  }

  /** `title` of the bar, if it is not that of the whole. */
  show(sight: Sight, title = this.#title): void {
    if (!this.#area) {
      this.#tell(sight);
      return;
    }
    const seconds = (this.#now() - this.#began) / 1000;
    this.#area.draw([progressLine({ title, part: sight.part, bytes: sight.bytes, seconds })]);
  }

  done(detail?: string): void {
    const { out } = this.#context;
    this.close();
    if (this.#area) out.step(this.#title);
    out.done(detail);
  }

  close(): void {
    this.#area?.close();
  }

  #tell({ summary, record }: Sight): void {
    const { out } = this.#context;
    if (this.#now() - this.#told < (out.json ? recordsEvery : linesEvery)) return;
    this.#told = this.#now();
    out.record(record);
    if (out.json) return;
    out.print(summary);
    out.step(this.#title);
  }

  #now(): number {
    return this.#context.host.clock.now().getTime();
  }
}
