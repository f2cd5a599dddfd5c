import type { ImageStore, ManifestLinks, StoredImage } from '#core/registries/ports.ts';

interface Pushed {
  readonly digest: string;
  readonly tags?: readonly string[];
  readonly pushed?: number;
  readonly links?: ManifestLinks;
}

interface Held extends StoredImage {
  readonly links: ManifestLinks;
}

/** Deletes as ECR does: by tags, an image with its last one, and no part before its index. */
export class InMemoryImageStore implements ImageStore {
  readonly #apps = new Map<string, Map<string, Held>>();
  isUnsupported = false;

  async list(app: string): Promise<readonly StoredImage[]> {
    return [...this.#of(app).values()].map(({ links: _links, ...image }) => image);
  }

  async links(
    app: string,
    digests: readonly string[]
  ): Promise<ReadonlyMap<string, ManifestLinks>> {
    const held = digests.map((it) => [it, this.#of(app).get(it)?.links] as const);
    return new Map(held.flatMap(([digest, links]) => (links ? [[digest, links]] : [])));
  }

  async remove(app: string, images: readonly StoredImage[]): Promise<'removed' | 'unsupported'> {
    if (this.isUnsupported) return 'unsupported';
    for (const image of images) this.#untag(app, image);
    for (const _round of images) {
      for (const { digest, tags } of images) if (tags.length === 0) this.#removeFree(app, digest);
    }
    return 'removed';
  }

  async removeApp(app: string): Promise<'removed' | 'unsupported'> {
    if (this.isUnsupported) return 'unsupported';
    this.#apps.delete(app);
    return 'removed';
  }

  push(app: string, { digest, tags = [], pushed, links = { parts: [] } }: Pushed): void {
    const before = this.#of(app).get(digest);
    this.#of(app).set(digest, {
      digest,
      tags: [...new Set([...(before?.tags ?? []), ...tags])],
      pushed: before?.pushed ?? pushed,
      isIndex: links.parts.length > 0,
      links,
    });
  }

  #untag(app: string, { digest, tags }: StoredImage): void {
    const held = this.#of(app).get(digest);
    if (!held || tags.length === 0) return;
    const left = held.tags.filter((it) => !tags.includes(it));
    if (left.length > 0) this.#of(app).set(digest, { ...held, tags: left });
    else this.#of(app).delete(digest);
  }

  #removeFree(app: string, digest: string): void {
    const isPart = [...this.#of(app).values()].some((it) => it.links.parts.includes(digest));
    if (!isPart) this.#of(app).delete(digest);
  }

  #of(app: string): Map<string, Held> {
    const held = this.#apps.get(app) ?? new Map<string, Held>();
    this.#apps.set(app, held);
    return held;
  }
}
