import type { Context } from '../context.ts';
import { InterruptedError } from '../errors.ts';
import { liveArea } from '../ui/live-area.ts';
import { progressLine } from '../ui/progress.ts';

/** Shows how far the reading of something large is: a bar on a terminal, nothing but its begin and end elsewhere. */
export class ReadingProgress {
  readonly #context: Context;
  readonly #title: string;
  readonly #area: ReturnType<typeof liveArea> | undefined;
  readonly #began: number;

  constructor(context: Context, title: string) {
    const { out, host } = context;
    this.#context = context;
    this.#title = title;
    this.#area = out.terminal && liveArea(out.terminal, host.clock);
    this.#began = host.clock.now().getTime();
    // A line that is not complete cannot stand above the bar.
    if (!this.#area) out.step(title);
  }

  /** @throws InterruptedError after Ctrl-C: reading by itself never notices */
  reached(bytes: number, size: number): void {
    const { clock, signal } = this.#context.host;
    if (signal.aborted) throw new InterruptedError();
    const seconds = (clock.now().getTime() - this.#began) / 1000;
    this.#area?.draw([progressLine({ title: this.#title, part: bytes / size, bytes, seconds })]);
  }

  done(): void {
    this.close();
    if (this.#area) this.#context.out.step(this.#title);
    this.#context.out.done();
  }

  close(): void {
    this.#area?.close();
  }
}
