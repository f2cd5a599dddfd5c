import type { Documents } from '#core/documents/ports.ts';
import { type Bucket, readText, writeText } from './bucket.ts';

export class S3Documents implements Documents {
  readonly #bucket: Bucket;

  constructor(bucket: Bucket) {
    this.#bucket = bucket;
  }

  async read(key: string): Promise<unknown> {
    const text = await readText(this.#bucket, key);
    return text === undefined ? undefined : JSON.parse(text);
  }

  async write(key: string, document: unknown): Promise<void> {
    await writeText(this.#bucket, key, {
      text: JSON.stringify(document),
      type: 'application/json',
    });
  }
}
