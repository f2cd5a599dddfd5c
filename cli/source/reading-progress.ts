import type { Context } from '../context.ts';
import { InterruptedError } from '../errors.ts';
import { ProgressBar } from '../ui/progress-bar.ts';

/** Shows how far the reading of something large is. */
export class ReadingProgress {
  readonly #signal: AbortSignal;
  readonly #bar: ProgressBar;

  constructor(context: Context, title: string) {
    this.#signal = context.host.signal;
    this.#bar = new ProgressBar(context, title);
  }

  /** @throws InterruptedError after Ctrl-C: reading by itself never notices */
  reached(bytes: number, size: number): void {
    if (this.#signal.aborted) throw new InterruptedError();
    this.#bar.draw({ part: bytes / size, bytes });
  }

  done(): void {
    this.#bar.done();
  }

  close(): void {
    this.#bar.close();
  }
}
