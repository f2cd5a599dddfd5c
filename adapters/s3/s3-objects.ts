import { DeleteObjectCommand } from '@aws-sdk/client-s3';
import type { ContentId, Objects, UploadAddress } from '#core/objects/ports.ts';
import { downloadAddress, uploadAddress } from './addresses.ts';
import { type Bucket, readText, sizeOf, writeText } from './bucket.ts';

export class S3Objects implements Objects {
  readonly #bucket: Bucket;

  constructor(bucket: Bucket) {
    this.#bucket = bucket;
  }

  write(app: string, key: string, content: Uint8Array): Promise<void> {
    const type = 'application/octet-stream';
    return writeText(this.#bucket, fullKey(app, key), { text: content, type });
  }

  readText(app: string, key: string): Promise<string | undefined> {
    return readText(this.#bucket, fullKey(app, key));
  }

  size(app: string, key: string): Promise<number | undefined> {
    return sizeOf(this.#bucket, fullKey(app, key));
  }

  async remove(app: string, key: string): Promise<void> {
    const { client, name } = this.#bucket;
    await client.send(new DeleteObjectCommand({ Bucket: name, Key: fullKey(app, key) }));
  }

  uploadAddress(app: string, key: string, content: ContentId): Promise<UploadAddress> {
    return uploadAddress(this.#bucket, fullKey(app, key), content);
  }

  downloadAddress(app: string, key: string): Promise<string> {
    return downloadAddress(this.#bucket, fullKey(app, key));
  }
}

const fullKey = (app: string, key: string): string => `apps/${app}/${key}`;
