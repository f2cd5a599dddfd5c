import { createHash } from 'node:crypto';
import { InvalidRequestError, TooLargeError } from '../errors.ts';
import { type Descriptor, type ImageManifest, readManifest } from './image-manifest.ts';
import type { StoredManifest } from './ports.ts';

/** All that some images are made of, each part once. */
export interface ImageGraph {
  /** What others refer to comes before them, so that they can be pushed in this order. */
  readonly manifests: readonly ImageManifest[];
  readonly blobs: readonly Descriptor[];
}

/** Throws for what is not there: it knows where it looked. */
export type FindManifest = (digest: string) => Promise<StoredManifest>;

/** An index of indexes of images is as deep as any builder goes. */
const deepest = 3;
const most = { manifests: 500, blobs: 10_000 };

/**
 * Follows images to everything they refer to: the platforms of an index, attestations in it, layers.
 * @throws InvalidRequestError for a manifest that is not what its digest says, TooLargeError beyond limits.
 */
export const gatherImages = async (
  find: FindManifest,
  digests: readonly string[]
): Promise<ImageGraph> => {
  const manifests = new Map<string, ImageManifest>();
  const blobs = new Map<string, Descriptor>();
  const visit = async (digest: string, depth: number): Promise<void> => {
    if (manifests.has(digest)) return;
    if (depth > deepest) throw new InvalidRequestError(`index ${digest} is nested too deep`);
    const manifest = await findChecked(find, digest);
    for (const child of manifest.manifests) await visit(child.digest, depth + 1);
    manifests.set(digest, manifest);
    for (const blob of manifest.blobs) blobs.set(blob.digest, sameSize(blobs, blob));
    refuseMany(manifests.size, blobs.size);
  };
  for (const digest of digests) await visit(digest, 1);
  return { manifests: [...manifests.values()], blobs: [...blobs.values()] };
};

const findChecked = async (find: FindManifest, digest: string): Promise<ImageManifest> => {
  const stored = await find(digest);
  if (digestOf(stored.content) === digest) return readManifest(digest, stored);
  throw new InvalidRequestError(`manifest ${digest} is not what its digest says`);
};

const digestOf = (content: Uint8Array): string =>
  `sha256:${createHash('sha256').update(content).digest('hex')}`;

const sameSize = (known: ReadonlyMap<string, Descriptor>, blob: Descriptor): Descriptor => {
  const before = known.get(blob.digest);
  if (before && before.size !== blob.size) {
    throw new InvalidRequestError(`${blob.digest} has two sizes: ${before.size} and ${blob.size}`);
  }
  return before ?? blob;
};

const refuseMany = (manifests: number, blobs: number): void => {
  if (manifests <= most.manifests && blobs <= most.blobs) return;
  throw new TooLargeError(
    `the images refer to more than ${most.manifests} manifests or ${most.blobs} layers`
  );
};
