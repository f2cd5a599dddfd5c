import type { Context } from '../context.ts';
import { liveArea } from './live-area.ts';
import { progressLine } from './progress.ts';

/** A bar on a terminal; elsewhere no more than the begin and end of what it is about. */
export class ProgressBar {
  readonly #context: Pick<Context, 'out' | 'host'>;
  readonly #title: string;
  readonly #area: ReturnType<typeof liveArea> | undefined;
  readonly #began: number;

  constructor(context: Pick<Context, 'out' | 'host'>, title: string) {
    const { out, host } = context;
    this.#context = context;
    this.#title = title;
    this.#area = out.terminal && liveArea(out.terminal, host.clock);
    this.#began = host.clock.now().getTime();
    // A line that is not complete cannot stand above the bar.
    if (!this.#area) out.step(title);
  }

  /** False where nothing can be redrawn. */
  get isShown(): boolean {
    return this.#area !== undefined;
  }

  /** `part` of the work, from 0 to 1; `title` if it is not that of the whole. */
  draw({
    part,
    bytes,
    title = this.#title,
  }: {
    part: number;
    bytes: number;
    title?: string;
  }): void {
    const seconds = (this.#context.host.clock.now().getTime() - this.#began) / 1000;
    this.#area?.draw([progressLine({ title, part, bytes, seconds })]);
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
}
