import {
  CopyObjectCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  NoSuchKey,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { importChunkKey } from '#core/archives/archive-key.ts';
import type { Chunks, ContentId, UploadAddress } from '#core/objects/ports.ts';
import { inParallel } from '../in-parallel.ts';
import { downloadAddress, uploadAddress } from './addresses.ts';
import { type Bucket, describe } from './bucket.ts';
import { unpackChunk } from './unpack-chunk.ts';

/** So few are looked up one by one; more are found faster in a listing. */
const few = 16;
/** Of 1000 keys each. An app with more chunks has the rest looked up one by one. */
const pages = 5;
/** Requests at a time. */
const width = 40;

/** When each was written; milliseconds since 1970. */
type Found = Map<string, number>;

/** Where a chunk of an app stands. */
type KeyOf = (app: string, id: string) => string;

/** Those of sources: under a prefix of their own, for a bucket's lifecycle knows no other way to tell them apart. */
const ofSources: KeyOf = (app, id) => `chunks/${app}/${id}`;

/** Those of archives to import, which expire with all that is on its way. */
export const archiveChunks = (bucket: Bucket): S3Chunks =>
  new S3Chunks(bucket, (app, id) => `transfers/${app}/${importChunkKey(id)}`);

export class S3Chunks implements Chunks {
  readonly #bucket: Bucket;
  readonly #keyOf: KeyOf;

  constructor(bucket: Bucket, keyOf = ofSources) {
    this.#bucket = bucket;
    this.#keyOf = keyOf;
  }

  async retain(
    app: string,
    ids: readonly string[],
    renewBefore: number
  ): Promise<ReadonlySet<string>> {
    const found = await this.#find(app, ids);
    const old = ids.filter((id) => (found.get(id) ?? renewBefore) < renewBefore);
    await inParallel(old, width, async (id) => {
      if (!(await this.#renew(app, id))) found.delete(id);
    });
    return new Set(ids.filter((id) => found.has(id)));
  }

  async read(app: string, id: string): Promise<Uint8Array | undefined> {
    return (await this.#get(app, id))?.content;
  }

  async removeDamaged(app: string, id: string): Promise<boolean> {
    const stored = await this.#get(app, id);
    if (!stored) return true;
    if (await unpackChunk(stored.content, id)) return false;
    return this.#removeIfStill(stored.tag, app, id);
  }

  uploadAddress(app: string, id: string, packed: ContentId): Promise<UploadAddress> {
    return uploadAddress(this.#bucket, this.#keyOf(app, id), packed);
  }

  downloadAddress(app: string, id: string): Promise<string> {
    return downloadAddress(this.#bucket, this.#keyOf(app, id));
  }

  async #get(app: string, id: string) {
    const { client, name } = this.#bucket;
    try {
      const object = new GetObjectCommand({ Bucket: name, Key: this.#keyOf(app, id) });
      const { Body, ETag } = await client.send(object);
      return Body && { content: await Body.transformToByteArray(), tag: ETag };
    } catch (error) {
      if (error instanceof NoSuchKey) return undefined;
      throw error;
    }
  }

  /** False when it was sent again meanwhile, which must not be lost. */
  async #removeIfStill(tag: string | undefined, app: string, id: string): Promise<boolean> {
    const { client, name } = this.#bucket;
    try {
      await client.send(
        new DeleteObjectCommand({ Bucket: name, Key: this.#keyOf(app, id), IfMatch: tag })
      );
      return true;
    } catch (error) {
      if (isReplaced(error)) return false;
      throw error;
    }
  }

  async #find(app: string, ids: readonly string[]): Promise<Found> {
    const found: Found = new Map();
    const complete = ids.length > few && (await this.#list(app, found));
    if (complete) return found;
    const unseen = ids.filter((id) => !found.has(id));
    await inParallel(unseen, width, async (id) => {
      const { written } = (await describe(this.#bucket, this.#keyOf(app, id))) ?? {};
      if (written !== undefined) found.set(id, written);
    });
    return found;
  }

  /** True when there was nothing more to list. */
  async #list(app: string, found: Found): Promise<boolean> {
    const { client, name } = this.#bucket;
    const prefix = this.#keyOf(app, '');
    let token: string | undefined;
    for (let page = 0; page < pages; page += 1) {
      const { Contents = [], NextContinuationToken } = await client.send(
        new ListObjectsV2Command({ Bucket: name, Prefix: prefix, ContinuationToken: token })
      );
      for (const { Key = '', LastModified } of Contents) {
        if (LastModified) found.set(Key.slice(prefix.length), LastModified.getTime());
      }
      token = NextContinuationToken;
      if (!token) return true;
    }
    return false;
  }

  /** False when it has expired just now. S3 copies an object onto itself only if something changes. */
  async #renew(app: string, id: string): Promise<boolean> {
    const { client, name } = this.#bucket;
    const key = this.#keyOf(app, id);
    try {
      await client.send(
        new CopyObjectCommand({
          Bucket: name,
          Key: key,
          CopySource: `${name}/${key}`,
          MetadataDirective: 'REPLACE',
        })
      );
      return true;
    } catch (error) {
      if (error instanceof NoSuchKey) return false;
      throw error;
    }
  }
}

const isReplaced = (error: unknown): boolean =>
  error instanceof S3ServiceException &&
  ['PreconditionFailed', 'ConditionalRequestConflict'].includes(error.name);
