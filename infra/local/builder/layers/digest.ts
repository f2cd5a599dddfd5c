import { createHash } from 'node:crypto';
import { Transform } from 'node:stream';

export const digestOf = (content: Buffer | string): string =>
  `sha256:${createHash('sha256').update(content).digest('hex')}`;

/** Passes bytes on and counts and hashes them. Read the results when the stream has ended. */
export class DigestStream extends Transform {
  readonly #hash = createHash('sha256');
  #size: number = 0;

  override _transform(chunk: Buffer, _encoding: string, done: (e: null, c: Buffer) => void): void {
    this.#hash.update(chunk);
    this.#size += chunk.length;
    done(null, chunk);
  }

  get size(): number {
    return this.#size;
  }

  digest(): string {
    return `sha256:${this.#hash.digest('hex')}`;
  }
}
