import type { ImageStore, ManifestLinks, StoredImage } from '#core/registries/ports.ts';
import { inParallel } from '../in-parallel.ts';
import { isIndexType, linksIn, manifestTypes } from './manifest-links.ts';
import type { RegistryClient } from './registry-client.ts';
import type { StaticRegistry } from './static-registry.ts';

/** Requests at a time. */
const width = 8;

/**
 * What a registry tells of itself by the distribution specification: tags, and no times. Manifests
 * without a tag are told of by nobody, so they stay, for the registry's own clean-up.
 */
export class StaticImages implements ImageStore {
  readonly #registry: Pick<StaticRegistry, 'clientFor' | 'pathsOf'>;

  constructor(registry: Pick<StaticRegistry, 'clientFor' | 'pathsOf'>) {
    this.#registry = registry;
  }

  async list(app: string): Promise<readonly StoredImage[]> {
    const client = await this.#registry.clientFor();
    return imagesAt(client, this.#registry.pathsOf(app).images);
  }

  async links(
    app: string,
    digests: readonly string[]
  ): Promise<ReadonlyMap<string, ManifestLinks>> {
    const client = await this.#registry.clientFor();
    const { images: path } = this.#registry.pathsOf(app);
    const found = new Map<string, ManifestLinks>();
    await inParallel(digests, width, async (digest) => {
      const response = await client.send(manifestAt(path, digest, 'GET'));
      const text = await response.text();
      if (response.status === 200) found.set(digest, linksIn(text));
    });
    return found;
  }

  async remove(app: string, images: readonly StoredImage[]): Promise<'removed' | 'unsupported'> {
    const client = await this.#registry.clientFor();
    return removeAt(client, this.#registry.pathsOf(app).images, images);
  }

  /** Such a registry has no way to remove a repository: it is left empty. */
  async removeApp(app: string): Promise<'removed' | 'unsupported'> {
    const client = await this.#registry.clientFor();
    const { images, cache } = this.#registry.pathsOf(app);
    for (const path of [images, cache]) {
      const end = await removeAt(client, path, await imagesAt(client, path));
      if (end === 'unsupported') return end;
    }
    return 'removed';
  }
}

const imagesAt = async (client: RegistryClient, path: string): Promise<readonly StoredImage[]> => {
  const byDigest = new Map<string, StoredImage>();
  await inParallel(await tagsAt(client, path), width, async (tag) => {
    const { status, headers } = await client.send(manifestAt(path, tag, 'HEAD'));
    const digest = status === 200 ? headers.get('docker-content-digest') : null;
    if (!digest) return;
    const tags = [...(byDigest.get(digest)?.tags ?? []), tag];
    const isIndex = isIndexType(headers.get('content-type'));
    byDigest.set(digest, { digest, tags, pushed: undefined, isIndex });
  });
  return [...byDigest.values()];
};

const manifestAt = (path: string, reference: string, method: 'GET' | 'HEAD') => ({
  method,
  path: `/v2/${path}/manifests/${reference}`,
  headers: { accept: manifestTypes.join(', ') },
  statuses: [200, 404],
});

/** Page by page, as the `Link` of each says. */
const tagsAt = async (client: RegistryClient, path: string): Promise<readonly string[]> => {
  const tags: string[] = [];
  let next: string | undefined = `/v2/${path}/tags/list?n=1000`;
  while (next) {
    const response: Response = await client.send({ path: next, statuses: [200, 404] });
    const text = await response.text();
    if (response.status === 404) break;
    tags.push(...((JSON.parse(text) as { tags?: string[] | null }).tags ?? []));
    next = /<([^>]+)>;\s*rel="?next"?/.exec(response.headers.get('link') ?? '')?.[1];
  }
  return tags;
};

/** What a registry answers that deletes nothing, or nothing for us. */
const unsupported: readonly number[] = [400, 405, 501];

/** In turn: the first answer tells whether it deletes at all. */
const removeAt = async (
  client: RegistryClient,
  path: string,
  images: readonly StoredImage[]
): Promise<'removed' | 'unsupported'> => {
  for (const { digest } of images) {
    const { status } = await client.send({
      method: 'DELETE',
      path: `/v2/${path}/manifests/${digest}`,
      statuses: [200, 202, 404, ...unsupported],
    });
    if (unsupported.includes(status)) return 'unsupported';
  }
  return 'removed';
};
