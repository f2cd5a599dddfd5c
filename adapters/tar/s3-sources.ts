import type { Readable } from 'node:stream';
import { GetObjectCommand, NoSuchKey } from '@aws-sdk/client-s3';
import type { Sources } from '#core/builds/task-ports.ts';
import { NotFoundError } from '#core/errors.ts';
import { isSourceListKey } from '#core/objects/object-key.ts';
import type { Chunks } from '#core/objects/ports.ts';
import { type Bucket, readText } from '../s3/bucket.ts';
import { chunkContents } from '../s3/chunk-contents.ts';
import { S3Chunks } from '../s3/s3-chunks.ts';
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
    const list = await readText(this.#bucket, `apps/${app}/${key}`);
    if (list === undefined) throw new NotFoundError(`object not found: ${key}`);
    const hint = 'send the source again: rackless build';
    // Mostly the first one has all that is asked for.
    const pieced = { app, list, what: 'source', hint, ahead: 0 };
    return readTarFiles(chunkContents(this.#chunks, pieced), paths);
  }
}
