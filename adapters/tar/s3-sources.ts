import type { Readable } from 'node:stream';
import { GetObjectCommand, NoSuchKey } from '@aws-sdk/client-s3';
import type { Sources } from '#core/builds/task-ports.ts';
import { NotFoundError } from '#core/errors.ts';
import type { Bucket } from '../s3/bucket.ts';
import { readFiles } from './read-files.ts';

export class S3Sources implements Sources {
  readonly #bucket: Bucket;

  constructor(bucket: Bucket) {
    this.#bucket = bucket;
  }

  async readFiles(
    { app, key }: { readonly app: string; readonly key: string },
    paths: readonly string[]
  ): Promise<ReadonlyMap<string, string>> {
    const { client, name } = this.#bucket;
    try {
      const { Body } = await client.send(
        new GetObjectCommand({ Bucket: name, Key: `apps/${app}/${key}` })
      );
      return await readFiles(Body as Readable, paths);
    } catch (error) {
      if (!(error instanceof NoSuchKey)) throw error;
      throw new NotFoundError(`object not found: ${key}`, { cause: error });
    }
  }
}
