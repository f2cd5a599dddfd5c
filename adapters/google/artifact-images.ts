import * as z from 'zod';
import type { Clock } from '#core/clock.ts';
import type { ImageStore, ManifestLinks, StoredImage } from '#core/registries/ports.ts';
import { isIndexType } from '../registry/manifest-links.ts';
import { removeRepository } from './docker-repository.ts';
import type { GoogleIdentity } from './federated-token.ts';
import type { GoogleApi } from './google-api.ts';
import { type GoogleClients, openGoogleApi } from './open-google-api.ts';
import { removeAccount } from './push-account.ts';
import { type ArtifactRegistrySettings, repositoryName } from './resource-names.ts';

const Page = z.object({
  dockerImages: z
    .array(
      z.object({
        /** `projects/P/locations/L/repositories/R/dockerImages/APP@sha256:…` */
        name: z.string(),
        tags: z.array(z.string()).default([]),
        uploadTime: z.string().default(''),
        mediaType: z.string().optional(),
      })
    )
    .default([]),
  nextPageToken: z.string().default(''),
});
type DockerImage = z.infer<typeof Page>['dockerImages'][number];

/**
 * What stands in Artifact Registry. An image that an immutable tag names goes only with its repository,
 * and so with its app.
 */
export class ArtifactImages implements ImageStore {
  readonly #api: GoogleApi;
  readonly #settings: ArtifactRegistrySettings;

  /** @param settings with the account that may delete. */
  constructor(
    clients: GoogleClients,
    settings: ArtifactRegistrySettings & GoogleIdentity,
    clock: Clock
  ) {
    this.#api = openGoogleApi(clients, settings, clock);
    this.#settings = settings;
  }

  async list(app: string): Promise<readonly StoredImage[]> {
    const repository = repositoryName(this.#settings, app, 'images');
    const images = `${this.#api.endpoints.artifactRegistry}/v1/${repository}/dockerImages`;
    const found: DockerImage[] = [];
    let next = '';
    do {
      const page = await this.#api.find(Page, {
        url: `${images}?pageSize=1000&pageToken=${encodeURIComponent(next)}`,
        doing: `list the images of ${repository}`,
      });
      found.push(...(page?.dockerImages ?? []));
      next = page?.nextPageToken ?? '';
    } while (next);
    return found.map(stored);
  }

  async links(): Promise<ReadonlyMap<string, ManifestLinks>> {
    return new Map();
  }

  async remove(): Promise<'unsupported'> {
    return 'unsupported';
  }

  /** The accounts first: nobody can push any more. */
  async removeApp(app: string): Promise<'removed'> {
    const settings = this.#settings;
    for (const kind of ['push', 'build'] as const) {
      await removeAccount(this.#api, { settings, app, kind });
    }
    for (const kind of ['cache', 'images'] as const) {
      await removeRepository(this.#api, { settings, app, kind });
    }
    return 'removed';
  }
}

const stored = ({ name, tags, uploadTime, mediaType }: DockerImage): StoredImage => {
  const pushed = Date.parse(uploadTime);
  return {
    digest: name.slice(name.lastIndexOf('@') + 1),
    tags,
    pushed: Number.isNaN(pushed) ? undefined : pushed,
    isIndex: isIndexType(mediaType),
  };
};
