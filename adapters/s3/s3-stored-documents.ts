import { DeleteObjectsCommand, paginateListObjectsV2 } from '@aws-sdk/client-s3';
import type { StoredDocument, StoredDocuments } from '#core/retention/ports.ts';
import type { Bucket } from './bucket.ts';

/** The most that one request may name. */
const batch = 1000;

/** What stands under an app in the bucket, for whoever clears it away. */
export class S3StoredDocuments implements StoredDocuments {
  readonly #bucket: Bucket;

  constructor(bucket: Bucket) {
    this.#bucket = bucket;
  }

  list(app: string): Promise<readonly StoredDocument[]> {
    return this.#list(prefixOf(app));
  }

  remove(app: string, keys: readonly string[]): Promise<void> {
    return this.#remove(keys.map((key) => prefixOf(app) + key));
  }

  async removeAll(app: string): Promise<void> {
    for (const prefix of [prefixOf(app), `chunks/${app}/`]) {
      const found = await this.#list(prefix);
      await this.#remove(found.map(({ key }) => prefix + key));
    }
  }

  async #list(prefix: string): Promise<readonly StoredDocument[]> {
    const { client, name } = this.#bucket;
    const found: StoredDocument[] = [];
    const pages = paginateListObjectsV2({ client }, { Bucket: name, Prefix: prefix });
    for await (const { Contents = [] } of pages) {
      for (const { Key = '', LastModified } of Contents) {
        const written = LastModified?.getTime();
        if (written !== undefined) found.push({ key: Key.slice(prefix.length), written });
      }
    }
    return found;
  }

  async #remove(keys: readonly string[]): Promise<void> {
    const { client, name } = this.#bucket;
    for (let from = 0; from < keys.length; from += batch) {
      const Objects = keys.slice(from, from + batch).map((Key) => ({ Key }));
      const { Errors: [first] = [] } = await client.send(
        new DeleteObjectsCommand({ Bucket: name, Delete: { Objects, Quiet: true } })
      );
      if (first) throw new Error(`S3 does not delete ${first.Key}: ${first.Message}`);
    }
  }
}

const prefixOf = (app: string): string => `apps/${app}/`;
