import {
  BatchDeleteImageCommand,
  BatchGetImageCommand,
  DeleteRepositoryCommand,
  type ECRClient,
  type ImageDetail,
  type ImageFailure,
  type ImageIdentifier,
  paginateDescribeImages,
  RepositoryNotFoundException,
} from '@aws-sdk/client-ecr';
import type { ImageStore, ManifestLinks, StoredImage } from '#core/registries/ports.ts';
import { isIndexType, linksIn, manifestTypes } from '../registry/manifest-links.ts';
import { repositoryNames } from './repository-names.ts';

/** The most that one request may name. */
const batch = 100;

/**
 * What stands in ECR. Images are deleted by their tags, and go with the last one: one that a build has
 * tagged again meanwhile stays.
 */
export class EcrImages implements ImageStore {
  readonly #ecr: ECRClient;
  readonly #rack: string;

  constructor(ecr: ECRClient, { rack }: { readonly rack: string }) {
    this.#ecr = ecr;
    this.#rack = rack;
  }

  async list(app: string): Promise<readonly StoredImage[]> {
    const repositoryName = repositoryNames(this.#rack, app).images;
    const found: StoredImage[] = [];
    try {
      const pages = paginateDescribeImages(
        { client: this.#ecr, pageSize: 1000 },
        { repositoryName }
      );
      for await (const { imageDetails = [] } of pages) found.push(...imageDetails.map(stored));
      return found;
    } catch (error) {
      if (error instanceof RepositoryNotFoundException) return [];
      throw error;
    }
  }

  async links(
    app: string,
    digests: readonly string[]
  ): Promise<ReadonlyMap<string, ManifestLinks>> {
    const repositoryName = repositoryNames(this.#rack, app).images;
    const found = new Map<string, ManifestLinks>();
    for (const some of inBatches(digests)) {
      const { images = [] } = await this.#ecr.send(
        new BatchGetImageCommand({
          repositoryName,
          imageIds: some.map((imageDigest) => ({ imageDigest })),
          acceptedMediaTypes: [...manifestTypes],
        })
      );
      for (const { imageId, imageManifest = '' } of images) {
        found.set(imageId?.imageDigest ?? '', linksIn(imageManifest));
      }
    }
    return found;
  }

  /** Those without a tag in rounds: an index has to go before its parts. */
  async remove(app: string, images: readonly StoredImage[]): Promise<'removed'> {
    const repositoryName = repositoryNames(this.#rack, app).images;
    const tags = images.flatMap((it) => it.tags).map((imageTag) => ({ imageTag }));
    await this.#delete(repositoryName, tags);
    let left = images
      .filter((it) => it.tags.length === 0)
      .map((it): ImageIdentifier => ({ imageDigest: it.digest }));
    for (let before = left.length + 1; left.length > 0 && left.length < before; ) {
      before = left.length;
      left = await this.#delete(repositoryName, left);
    }
    return 'removed';
  }

  async removeApp(app: string): Promise<'removed'> {
    const { images, cache } = repositoryNames(this.#rack, app);
    for (const repositoryName of [cache, images]) {
      try {
        await this.#ecr.send(new DeleteRepositoryCommand({ repositoryName, force: true }));
      } catch (error) {
        if (!(error instanceof RepositoryNotFoundException)) throw error;
      }
    }
    return 'removed';
  }

  /** Gives those that an index still names. */
  async #delete(
    repositoryName: string,
    imageIds: readonly ImageIdentifier[]
  ): Promise<ImageIdentifier[]> {
    const held: ImageIdentifier[] = [];
    for (const some of inBatches(imageIds)) {
      const { failures = [] } = await this.#ecr.send(
        new BatchDeleteImageCommand({ repositoryName, imageIds: some })
      );
      const trouble = failures.find((it) => !(isHeld(it) || isGone(it)));
      if (trouble) throw new Error(wordsOf(trouble));
      held.push(...failures.filter(isHeld).map((it) => it.imageId ?? {}));
    }
    return held;
  }
}

const stored = (image: ImageDetail): StoredImage => ({
  digest: image.imageDigest ?? '',
  tags: image.imageTags ?? [],
  pushed: image.imagePushedAt?.getTime(),
  isIndex: isIndexType(image.imageManifestMediaType),
});

const isHeld = ({ failureCode }: ImageFailure): boolean =>
  failureCode === 'ImageReferencedByManifestList';

const isGone = ({ failureCode }: ImageFailure): boolean => failureCode === 'ImageNotFound';

const wordsOf = ({ imageId, failureCode, failureReason }: ImageFailure): string =>
  `ECR does not delete ${imageId?.imageTag ?? imageId?.imageDigest}: ${failureReason ?? failureCode}`;

const inBatches = <Item>(items: readonly Item[]): readonly Item[][] =>
  Array.from({ length: Math.ceil(items.length / batch) }, (_, at) =>
    items.slice(at * batch, (at + 1) * batch)
  );
