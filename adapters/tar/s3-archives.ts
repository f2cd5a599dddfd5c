import { pipeline, Readable } from 'node:stream';
import { createGunzip, createGzip } from 'node:zlib';
import { GetObjectCommand, NoSuchKey } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { Header } from 'tar';
import { isImportListKey } from '#core/archives/archive-key.ts';
import type { ArchiveEntry, ArchiveFile, Archives } from '#core/archives/ports.ts';
import { InvalidRequestError, NotFoundError } from '#core/errors.ts';
import type { Chunks } from '#core/objects/ports.ts';
import { type Bucket, readText } from '../s3/bucket.ts';
import { chunkContents } from '../s3/chunk-contents.ts';
import { archiveChunks } from '../s3/s3-chunks.ts';
import { isZlibError } from './read-files.ts';
import { tarEntries } from './tar-reader.ts';

/** S3 has room for 10,000 of them. Two are in memory at a time. */
const partSize = 8 * 1024 * 1024;

/** Fetched while one is used: a chunk takes longer to come than to be read. */
const ahead = 3;

/** Archives as `transfers/APP/KEY`, which expire. */
export class S3Archives implements Archives {
  readonly #bucket: Bucket;
  readonly #chunks: Pick<Chunks, 'read'>;

  constructor(bucket: Bucket, chunks: Pick<Chunks, 'read'> = archiveChunks(bucket)) {
    this.#bucket = bucket;
    this.#chunks = chunks;
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

  #open(app: string, key: string): Promise<Readable> {
    return isImportListKey(key) ? this.#openPieces(app, key) : this.#openWhole(app, key);
  }

  async #openWhole(app: string, key: string): Promise<Readable> {
    const { client, name } = this.#bucket;
    try {
      const object = new GetObjectCommand({ Bucket: name, Key: keyOf(app, key) });
      return (await client.send(object)).Body as Readable;
    } catch (error) {
      throw error instanceof NoSuchKey ? notFound(key, error) : error;
    }
  }

  async #openPieces(app: string, key: string): Promise<Readable> {
    const list = await readText(this.#bucket, keyOf(app, key));
    if (list === undefined) throw notFound(key);
    return Readable.from(chunkContents(this.#chunks, { app, list, what: 'archive', hint, ahead }));
  }
}

const type = 'application/gzip';
const hint = 'send it again: it expires after a day';

const notFound = (key: string, cause?: unknown): NotFoundError =>
  new NotFoundError(`archive not found: ${key}`, { hint, cause });

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
