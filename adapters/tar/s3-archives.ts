import { pipeline, Readable } from 'node:stream';
import { createGunzip, createGzip } from 'node:zlib';
import { GetObjectCommand, NoSuchKey } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { Header } from 'tar';
import type { ArchiveEntry, ArchiveFile, Archives } from '#core/archives/ports.ts';
import { InvalidRequestError, NotFoundError } from '#core/errors.ts';
import type { Bucket } from '../s3/bucket.ts';
import { isZlibError } from './read-files.ts';
import { tarEntries } from './tar-reader.ts';

/** S3 has room for 10,000 of them. Two are in memory at a time. */
const partSize = 8 * 1024 * 1024;

/** Archives as `transfers/APP/KEY`, which expire. */
export class S3Archives implements Archives {
  readonly #bucket: Bucket;

  constructor(bucket: Bucket) {
    this.#bucket = bucket;
  }

  async write(app: string, key: string, files: AsyncIterable<ArchiveFile>): Promise<void> {
    // Layers are compressed as they are. Its errors come out at the reading end.
    const body = pipeline(Readable.from(tarOf(files)), createGzip({ level: 0 }), () => undefined);
    const upload = new Upload({
      client: this.#bucket.client,
      params: { Bucket: this.#bucket.name, Key: keyOf(app, key), Body: body, ContentType: type },
      partSize,
      queueSize: 2,
    });
    await upload.done();
  }

  async *read(app: string, key: string): AsyncGenerator<ArchiveEntry> {
    const unpacked = pipeline(await this.#open(app, key), createGunzip(), () => undefined);
    try {
      yield* tarEntries(unpacked);
    } catch (error) {
      throw isZlibError(error) ? notGzip(error as Error) : error;
    } finally {
      unpacked.destroy();
    }
  }

  async #open(app: string, key: string): Promise<Readable> {
    const { client, name } = this.#bucket;
    try {
      const object = new GetObjectCommand({ Bucket: name, Key: keyOf(app, key) });
      return (await client.send(object)).Body as Readable;
    } catch (error) {
      if (!(error instanceof NoSuchKey)) throw error;
      throw new NotFoundError(`archive not found: ${key}`, {
        hint: 'send it again: it expires after a day',
        cause: error,
      });
    }
  }
}

const type = 'application/gzip';

const keyOf = (app: string, key: string): string => `transfers/${app}/${key}`;

const notGzip = (cause: Error): InvalidRequestError =>
  new InvalidRequestError(
    /unexpected end/.test(cause.message)
      ? 'the archive is cut off'
      : 'the archive is not compressed with gzip',
    { cause }
  );

const blockSize = 512;

/** Of nobody, of no time: the same files are the same bytes. */
async function* tarOf(files: AsyncIterable<ArchiveFile>): AsyncGenerator<Uint8Array> {
  for await (const { path, size, content } of files) {
    const header = new Header({ path, size, type: 'File', mode: 0o644, mtime: new Date(0) });
    header.encode();
    yield header.block ?? Buffer.alloc(blockSize);
    yield* content;
    yield Buffer.alloc((blockSize - (size % blockSize)) % blockSize);
  }
  yield Buffer.alloc(2 * blockSize);
}
