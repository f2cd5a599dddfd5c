import type { Context } from '../context.ts';
import { bytesText } from '../ui/progress.ts';
import { ProgressView } from '../ui/progress-view.ts';
import type { Chunk } from './chunks.ts';

/** How far the upload of something in pieces is. */
export class UploadProgress {
  readonly #out: Context['out'];
  readonly #view: ProgressView;
  readonly #chunks: number;
  #missing = { chunks: 0, bytes: 0 };
  #work = 0;
  #sent = 0;
  #arrived = 0;

  /** @param whole how many chunks it has in all */
  constructor(context: Context, whole: { readonly title: string; readonly chunks: number }) {
    this.#out = context.out;
    this.#chunks = whole.chunks;
    this.#view = new ProgressView(context, whole.title);
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
    this.#out.record(this.#record());
    this.#view.done(this.#missing.chunks > 0 ? this.#summary() : 'unchanged');
  }

  close(): void {
    this.#view.close();
  }

  #show(): void {
    this.#view.show({
      part: this.#work / this.#missing.bytes,
      bytes: this.#sent,
      summary: this.#summary(),
      record: this.#record(),
    });
  }

  #summary(): string {
    const { chunks } = this.#missing;
    const of = chunks < this.#chunks ? `, ${this.#chunks - chunks} were there` : '';
    return `${bytesText(this.#sent)} (${this.#arrived} of ${chunks} chunks${of})`;
  }

  #record(): object {
    return {
      type: 'upload',
      bytes: this.#sent,
      arrived: this.#arrived,
      missing: this.#missing.chunks,
      chunks: this.#chunks,
    };
  }
}
