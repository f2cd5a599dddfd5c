import type { Readable } from 'node:stream';
import { GetObjectCommand, NoSuchKey } from '@aws-sdk/client-s3';
import type { Sources } from '#core/builds/task-ports.ts';
import { InvalidRequestError, NotFoundError } from '#core/errors.ts';
import { isSourceListKey } from '#core/objects/object-key.ts';
import type { Chunks } from '#core/objects/ports.ts';
import { readSourceList, type SourceChunk } from '#core/objects/source-list.ts';
import { type Bucket, readText } from '../s3/bucket.ts';
import { S3Chunks } from '../s3/s3-chunks.ts';
import { unpackChunk } from '../s3/unpack-chunk.ts';
import { readFiles, readTarFiles } from './read-files.ts';

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
    for (const { sha256 } of chunks) {
      const packed = await this.#chunks.read(app, sha256);
      if (!packed) {
        throw new NotFoundError(`a part of the source has expired: ${sha256}`, {
          hint: 'send the source again: rackless build',
        });
      }
      const content = await unpackChunk(packed, sha256);
      if (content) yield content;
      else throw notAsNamed(sha256);
    }
  }
}

const notAsNamed = (sha256: string): InvalidRequestError =>
  new InvalidRequestError(`a part of the source is not what its name says: ${sha256}`);
