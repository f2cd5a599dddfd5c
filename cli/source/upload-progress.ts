import type { Context } from '../context.ts';
import { liveArea } from '../ui/live-area.ts';
import { bytesText, progressLine } from '../ui/progress.ts';
import type { Chunk } from './chunks.ts';

const title = 'Uploading source';

/** Milliseconds between two lines where nothing can be redrawn, and between two records. */
const linesEvery = 10_000;
const recordsEvery = 1000;

/** Shows how far an upload is: a bar on a terminal, a line now and then elsewhere, or records. */
export class UploadProgress {
  readonly #context: Context;
  readonly #chunks: number;
  readonly #area: ReturnType<typeof liveArea> | undefined;
  readonly #began: number;
  #told: number;
  #missing = { chunks: 0, bytes: 0 };
  #work = 0;
  #sent = 0;
  #arrived = 0;

  /** @param chunks how many the whole source has */
  constructor(context: Context, chunks: number) {
    const { out, host } = context;
    this.#context = context;
    this.#chunks = chunks;
    this.#area = out.terminal && liveArea(out.terminal, host.clock);
    this.#began = this.#now();
    this.#told = this.#began;
    // A line that is not complete cannot stand above the bar.
    if (!this.#area) out.step(title);
  }

  /** These have to be sent. */
  expect(missing: readonly Chunk[]): void {
    const bytes = missing.reduce((sum, it) => sum + it.size, 0);
    this.#missing = { chunks: missing.length, bytes };
    this.#show();
  }

  /** Bytes went out, for so many of the unpacked source; negative when they have to be sent again. */
  advance(sent: number, work: number): void {
    this.#sent += sent;
    this.#work += work;
    this.#show();
  }

  arrived(): void {
    this.#arrived += 1;
    this.#show();
  }

  done(): void {
    const { out } = this.#context;
    this.close();
    if (this.#area) out.step(title);
    this.#record();
    out.done(this.#missing.chunks > 0 ? this.#summary() : 'unchanged');
  }

  close(): void {
    this.#area?.close();
  }

  #summary(): string {
    const { chunks } = this.#missing;
    const of = chunks < this.#chunks ? `, ${this.#chunks - chunks} were there` : '';
    return `${bytesText(this.#sent)} (${this.#arrived} of ${chunks} chunks${of})`;
  }

  #show(): void {
    if (this.#area) this.#area.draw([this.#line()]);
    else this.#tell();
  }

  #tell(): void {
    const { out } = this.#context;
    if (this.#now() - this.#told < (out.json ? recordsEvery : linesEvery)) return;
    this.#told = this.#now();
    this.#record();
    if (out.json) return;
    out.print(this.#summary());
    out.step(title);
  }

  #line(): string {
    const seconds = (this.#now() - this.#began) / 1000;
    return progressLine({
      title,
      part: this.#work / this.#missing.bytes,
      bytes: this.#sent,
      seconds,
    });
  }

  #record(): void {
    this.#context.out.record({
      type: 'upload',
      bytes: this.#sent,
      arrived: this.#arrived,
      missing: this.#missing.chunks,
      chunks: this.#chunks,
    });
  }

  #now(): number {
    return this.#context.host.clock.now().getTime();
  }
}
