import { createHash } from 'node:crypto';
import type {
  BlobId,
  ImageRepositories,
  ImageRepository,
  RepositoryLogin,
  StoredManifest,
} from '#core/archives/ports.ts';

export const digestOf = (content: Uint8Array | string): string =>
  `sha256:${createHash('sha256').update(content).digest('hex')}`;

/** One repository; tests put images into it and look at what was pushed. */
export class InMemoryImageRepository implements ImageRepository {
  readonly blobs = new Map<string, Uint8Array>();
  /** By digest and by tag. */
  readonly manifests = new Map<string, StoredManifest>();
  /** What was sent, in order: digests of blobs, and references of manifests. */
  readonly pushed: string[] = [];

  async manifest(digest: string): Promise<StoredManifest | undefined> {
    return this.manifests.get(digest);
  }

  async hasManifest(reference: string, digest: string): Promise<boolean> {
    const found = this.manifests.get(reference);
    return found !== undefined && digestOf(found.content) === digest;
  }

  async putManifest(reference: string, manifest: StoredManifest): Promise<void> {
    this.pushed.push(reference);
    this.manifests.set(reference, manifest);
    this.manifests.set(digestOf(manifest.content), manifest);
  }

  async blob(digest: string, from = 0): Promise<AsyncIterable<Uint8Array> | undefined> {
    const content = this.blobs.get(digest);
    return content && inHalves(content.subarray(from));
  }

  async hasBlob(digest: string): Promise<boolean> {
    return this.blobs.has(digest);
  }

  async putBlob({ digest }: BlobId, content: AsyncIterable<Uint8Array>): Promise<void> {
    const parts: Uint8Array[] = [];
    for await (const part of content) parts.push(part);
    this.pushed.push(digest);
    this.blobs.set(digest, Buffer.concat(parts));
  }

  /** Puts an image of one layer into it; gives its digest. */
  addImage(layer: string, annotations: Readonly<Record<string, string>> = {}): string {
    const [config, content] = [this.#addBlob(`{"of":"${layer}"}`), this.#addBlob(layer)];
    const mediaType = 'application/vnd.oci.image.manifest.v1+json';
    return this.add({ schemaVersion: 2, mediaType, config, layers: [content], annotations });
  }

  /** Any manifest; gives its digest. */
  add(manifest: { readonly mediaType: string; readonly [field: string]: unknown }): string {
    const content = Buffer.from(JSON.stringify(manifest));
    this.manifests.set(digestOf(content), { mediaType: manifest.mediaType, content });
    return digestOf(content);
  }

  #addBlob(text: string) {
    const content = Buffer.from(text);
    this.blobs.set(digestOf(content), content);
    return {
      mediaType: 'application/octet-stream',
      digest: digestOf(content),
      size: content.length,
    };
  }
}

async function* inHalves(content: Uint8Array): AsyncGenerator<Uint8Array> {
  const half = Math.ceil(content.length / 2);
  yield content.subarray(0, half);
  yield content.subarray(half);
}

export class InMemoryImageRepositories implements ImageRepositories {
  readonly stores = new Map<string, InMemoryImageRepository>();
  readonly logins: RepositoryLogin[] = [];

  open(repository: string, login: RepositoryLogin): InMemoryImageRepository {
    this.logins.push(login);
    return this.of(repository);
  }

  of(repository: string): InMemoryImageRepository {
    const store = this.stores.get(repository) ?? new InMemoryImageRepository();
    this.stores.set(repository, store);
    return store;
  }
}
