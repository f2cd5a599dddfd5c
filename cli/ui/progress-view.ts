import type { Context } from '../context.ts';
import { ProgressBar } from './progress-bar.ts';

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
  readonly #bar: ProgressBar;
  #told: number;

  constructor(context: Pick<Context, 'out' | 'host'>, title: string) {
    this.#context = context;
    this.#title = title;
    this.#bar = new ProgressBar(context, title);
    this.#told = this.#now();
  }

  /** `title` of the bar, if it is not that of the whole. */
  show(sight: Sight, title = this.#title): void {
    if (this.#bar.isShown) this.#bar.draw({ ...sight, title });
    else this.#tell(sight);
  }

  done(detail?: string): void {
    this.#bar.done(detail);
  }

  close(): void {
    this.#bar.close();
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
