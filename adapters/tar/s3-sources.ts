import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { GetObjectCommand, NoSuchKey } from '@aws-sdk/client-s3';
import type { Sources } from '#core/builds/task-ports.ts';
import { InvalidRequestError, NotFoundError } from '#core/errors.ts';
import { isSourceListKey } from '#core/objects/object-key.ts';
import type { Chunks } from '#core/objects/ports.ts';
import { readSourceList, type SourceChunk } from '#core/objects/source-list.ts';
import { type Bucket, readText } from '../s3/bucket.ts';
import { S3Chunks } from '../s3/s3-chunks.ts';
import { readFiles, readTarFiles } from './read-files.ts';

const unpack = promisify(gunzip);

interface SourceKey {
  readonly app: string;
  readonly key: string;
}

export class S3Sources implements Sources {
  readonly #bucket: Bucket;
  readonly #chunks: Pick<Chunks, 'read'>;

  constructor(bucket: Bucket, chunks: Pick<Chunks, 'read'> = new S3Chunks(bucket)) {
    this.#bucket = bucket;
    this.#chunks = chunks;
  }

  readFiles(source: SourceKey, paths: readonly string[]): Promise<ReadonlyMap<string, string>> {
    return isSourceListKey(source.key)
      ? this.#readChunks(source, paths)
      : this.#readArchive(source, paths);
  }

  async #readArchive({ app, key }: SourceKey, paths: readonly string[]) {
    const { client, name } = this.#bucket;
    try {
      const object = new GetObjectCommand({ Bucket: name, Key: `apps/${app}/${key}` });
      const { Body } = await client.send(object);
      return await readFiles(Body as Readable, paths);
    } catch (error) {
      if (!(error instanceof NoSuchKey)) throw error;
      throw new NotFoundError(`object not found: ${key}`, { cause: error });
    }
  }

  async #readChunks({ app, key }: SourceKey, paths: readonly string[]) {
    const text = await readText(this.#bucket, `apps/${app}/${key}`);
    if (text === undefined) throw new NotFoundError(`object not found: ${key}`);
    return readTarFiles(this.#contents(app, readSourceList(text).chunks), paths);
  }

  /** One chunk after the other, each only when it is asked for. */
  async *#contents(app: string, chunks: readonly SourceChunk[]): AsyncGenerator<Buffer> {
    for (const chunk of chunks) {
      const packed = await this.#chunks.read(app, chunk.sha256);
      if (!packed) {
        throw new NotFoundError(`a part of the source has expired: ${chunk.sha256}`, {
          hint: 'send the source again: rackless build',
        });
      }
      yield await unpackChunk(packed, chunk);
    }
  }
}

const unpackChunk = async (packed: Uint8Array, { sha256, size }: SourceChunk): Promise<Buffer> => {
  try {
    const content = await unpack(packed, { maxOutputLength: size });
    if (createHash('sha256').update(content).digest('hex') === sha256) return content;
  } catch (cause) {
    throw notAsNamed(sha256, cause);
  }
  throw notAsNamed(sha256);
};

const notAsNamed = (sha256: string, cause?: unknown): InvalidRequestError =>
  new InvalidRequestError(`a part of the source is not what its name says: ${sha256}`, { cause });
