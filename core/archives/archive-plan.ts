import type { Build, BuiltImage } from '../builds/build.ts';
import type { Documents } from '../documents/ports.ts';
import type { ArchiveContents } from './inspect-archive.ts';
import type { BlobId } from './ports.ts';

/** What of an archive has to get into the registry, kept between the tasks of a build. */
export interface ArchivePlan {
  readonly v: 1;
  readonly images: readonly { readonly service: string; readonly digest: string }[];
  /** Services whose image is not in the archive. */
  readonly elsewhere: readonly BuiltImage[];
  /** In the order in which they are pushed. */
  readonly manifests: readonly (BlobId & { readonly mediaType: string })[];
  readonly blobs: readonly BlobId[];
}

export const planArchive = ({ services, images }: ArchiveContents): ArchivePlan => ({
  v: 1,
  images: services.flatMap((it) =>
    'digest' in it ? [{ service: it.name, digest: it.digest }] : []
  ),
  elsewhere: services.flatMap((it) =>
    'image' in it ? [{ service: it.name, image: it.image }] : []
  ),
  manifests: images.manifests.map(({ digest, size, mediaType }) => ({ digest, size, mediaType })),
  blobs: images.blobs.map(({ digest, size }) => ({ digest, size })),
});

type BuildKey = Pick<Build, 'app' | 'id'>;

const planKey = ({ app, id }: BuildKey): string => `apps/${app}/builds/${id}/archive.json`;

export const writeArchivePlan = (
  documents: Pick<Documents, 'write'>,
  build: BuildKey,
  plan: ArchivePlan
): Promise<void> => documents.write(planKey(build), plan);

export const readArchivePlan = async (
  documents: Pick<Documents, 'read'>,
  build: BuildKey
): Promise<ArchivePlan> => {
  const plan = (await documents.read(planKey(build))) as ArchivePlan | undefined;
  if (plan?.v === 1) return plan;
  throw new Error(`build ${build.id} has no plan of its archive`);
};
