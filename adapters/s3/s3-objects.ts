import { DeleteObjectCommand } from '@aws-sdk/client-s3';
import type { ContentId, Objects, UploadAddress } from '#core/objects/ports.ts';
import { downloadAddress, uploadAddress } from './addresses.ts';
import { type Bucket, describe, readText, writeText } from './bucket.ts';

/** What a bucket's keys begin with: its lifecycle tells by that what expires. */
export type Root = 'apps' | 'transfers';

export class S3Objects implements Objects {
  readonly #bucket: Bucket;
  readonly #root: Root;

  constructor(bucket: Bucket, root: Root = 'apps') {
    this.#bucket = bucket;
    this.#root = root;
  }

  write(app: string, key: string, content: Uint8Array): Promise<void> {
    const type = 'application/octet-stream';
    return writeText(this.#bucket, this.#key(app, key), { text: content, type });
  }

  readText(app: string, key: string): Promise<string | undefined> {
    return readText(this.#bucket, this.#key(app, key));
  }

  async size(app: string, key: string, since = 0): Promise<number | undefined> {
    const { size, written = 0 } = (await describe(this.#bucket, this.#key(app, key))) ?? {};
    return written < since ? undefined : size;
  }

  async remove(app: string, key: string): Promise<void> {
    const { client, name } = this.#bucket;
    await client.send(new DeleteObjectCommand({ Bucket: name, Key: this.#key(app, key) }));
  }

  uploadAddress(app: string, key: string, content: ContentId): Promise<UploadAddress> {
    return uploadAddress(this.#bucket, this.#key(app, key), content);
  }

  downloadAddress(app: string, key: string): Promise<string> {
    return downloadAddress(this.#bucket, this.#key(app, key));
  }

  #key(app: string, key: string): string {
    return `${this.#root}/${app}/${key}`;
  }
}
