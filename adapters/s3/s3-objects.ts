import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import type { ContentId, Objects, UploadAddress } from '#core/objects/ports.ts';
import { type Bucket, readText, sizeOf, writeText } from './bucket.ts';

const uploadSeconds = 15 * 60;
const downloadSeconds = 60 * 60;

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

  async uploadAddress(
    app: string,
    key: string,
    { sha256, size }: ContentId
  ): Promise<UploadAddress> {
    const checksum = Buffer.from(sha256, 'hex').toString('base64');
    const command = new PutObjectCommand({
      Bucket: this.#bucket.name,
      Key: fullKey(app, key),
      ContentLength: size,
      ChecksumSHA256: checksum,
    });
    const url = await getSignedUrl(this.#bucket.client, command, {
      expiresIn: uploadSeconds,
      // Kept as headers, so that S3 compares them with the content instead of ignoring a query.
      unhoistableHeaders: new Set(['x-amz-checksum-sha256']),
      signableHeaders: new Set(['content-length', 'host', 'x-amz-checksum-sha256']),
    });
    return {
      url,
      headers: { 'x-amz-checksum-sha256': checksum, 'content-length': String(size) },
    };
  }

  downloadAddress(app: string, key: string): Promise<string> {
    const command = new GetObjectCommand({ Bucket: this.#bucket.name, Key: fullKey(app, key) });
    return getSignedUrl(this.#bucket.client, command, { expiresIn: downloadSeconds });
  }
}

const fullKey = (app: string, key: string): string => `apps/${app}/${key}`;
