import type { Clock } from '#core/clock.ts';
import type { ImageStore, ManifestLinks, StoredImage } from '#core/registries/ports.ts';
import { inParallel } from '../in-parallel.ts';
import { isIndexType, linksIn, manifestTypes } from '../registry/manifest-links.ts';
import type { AcrSettings } from './acr-registry.ts';
import { AcrSession } from './acr-session.ts';
import { scopeMapsOf, tokensOf } from './acr-tokens.ts';
import { ResourceManager, type ResourceManagerClients } from './arm-client.ts';

/** Requests at a time. */
const width = 8;

/** As the registry lists it; times are RFC 3339. */
interface ManifestAttributes {
  readonly digest: string;
  /** Also changed by a new tag. */
  readonly lastUpdateTime?: string;
  readonly mediaType?: string;
  readonly tags?: readonly string[];
}

/** What stands in Azure Container Registry. It deletes by digest, with all tags. */
export class AcrImages implements ImageStore {
  readonly #settings: AcrSettings;
  readonly #session: AcrSession;
  readonly #manager: ResourceManager;

  constructor(clients: ResourceManagerClients, settings: AcrSettings, clock: Clock) {
    this.#settings = settings;
    this.#session = new AcrSession(clients.entra, settings.url, clock);
    this.#manager = new ResourceManager(clients, settings.cloud);
  }

  async list(app: string): Promise<readonly StoredImage[]> {
    const repository = this.#path(app);
    const found: StoredImage[] = [];
    let next: string | undefined = `/acr/v1/${repository}/_manifests?n=500`;
    while (next) {
      const { status, body, headers } = await this.#session.send({
        method: 'GET',
        repository,
        actions: 'metadata_read',
        path: next,
        statuses: [200, 404],
        doing: `list the images of ${repository}`,
      });
      if (status === 404) return [];
      const { manifests = [] } = body as { manifests?: readonly ManifestAttributes[] | null };
      found.push(...(manifests ?? []).map(stored));
      next = nextPage(headers.get('link'));
    }
    return found;
  }

  async links(
    app: string,
    digests: readonly string[]
  ): Promise<ReadonlyMap<string, ManifestLinks>> {
    const repository = this.#path(app);
    const found = new Map<string, ManifestLinks>();
    await inParallel(digests, width, async (digest) => {
      const { status, body } = await this.#session.send({
        method: 'GET',
        repository,
        actions: 'pull',
        path: `/v2/${repository}/manifests/${digest}`,
        accept: manifestTypes.join(', '),
        statuses: [200, 404],
        doing: `read ${repository}@${digest}`,
      });
      if (status === 200) found.set(digest, linksIn(JSON.stringify(body)));
    });
    return found;
  }

  /** Those with tags first: an index goes before its parts. */
  async remove(app: string, images: readonly StoredImage[]): Promise<'removed'> {
    const repository = this.#path(app);
    const inOrder = images.toSorted((one, other) => other.tags.length - one.tags.length);
    for (const { digest } of inOrder) {
      await this.#delete(repository, `/v2/${repository}/manifests/${digest}`);
    }
    return 'removed';
  }

  /** Also grants that nobody took back, and what they were narrowed by: a registry holds a limited number of both. */
  async removeApp(app: string): Promise<'removed'> {
    const path = this.#path(app);
    for (const repository of [`${path}/cache`, path]) {
      await this.#delete(repository, `/acr/v1/${repository}`);
    }
    const { resourceId } = this.#settings;
    for (const { id } of await tokensOf(this.#manager, resourceId, path)) {
      await this.#manager.remove(id);
    }
    for (const id of scopeMapsOf(resourceId, path)) await this.#manager.remove(id);
    return 'removed';
  }

  async #delete(repository: string, path: string): Promise<void> {
    await this.#session.send({
      method: 'DELETE',
      repository,
      actions: 'delete',
      path,
      statuses: [200, 202, 404],
      doing: `delete ${path}`,
    });
  }

  #path(app: string): string {
    return `${this.#settings.rack}/${app}`;
  }
}

const stored = ({
  digest,
  lastUpdateTime = '',
  mediaType,
  tags = [],
}: ManifestAttributes): StoredImage => {
  const pushed = Date.parse(lastUpdateTime);
  return {
    digest,
    tags: tags ?? [],
    pushed: Number.isNaN(pushed) ? undefined : pushed,
    isIndex: isIndexType(mediaType),
  };
};

/** `</acr/v1/…?last=…&n=…>; rel="next"`. */
const nextPage = (link: string | null): string | undefined =>
  /<([^>]+)>;\s*rel="?next"?/.exec(link ?? '')?.[1];
