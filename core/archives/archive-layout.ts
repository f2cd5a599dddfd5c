import { imageTag } from '../builds/pushed-images.ts';
import { type BuildRecord, writeRecord } from './build-record.ts';
import type { ImageGraph } from './gather-images.ts';
import type { ImageManifest } from './image-manifest.ts';
import type { BlobId } from './ports.ts';

/** A file of an archive before it is written: small ones are here, blobs are where they are. */
export interface PlannedFile {
  readonly path: string;
  readonly size: number;
  readonly content: Uint8Array | BlobId;
}

/**
 * The files of an archive, in their order: the record of the build, then an OCI image layout with its
 * manifests before its blobs. The same build gives the same bytes.
 */
export const archiveLayout = (
  record: BuildRecord,
  { manifests, blobs }: ImageGraph
): readonly PlannedFile[] => [
  text('build.json', writeRecord(record)),
  text('oci-layout', JSON.stringify({ imageLayoutVersion: '1.0.0' })),
  text('index.json', JSON.stringify(indexOf(record, manifests))),
  ...manifests.map(({ digest, content }) => file(blobPath(digest), content)),
  ...blobs.map((blob) => ({ path: blobPath(blob.digest), size: blob.size, content: blob })),
];

export const blobPath = (digest: string): string => `blobs/${digest.replace(':', '/')}`;

const text = (path: string, content: string): PlannedFile =>
  file(path, new TextEncoder().encode(content));

const file = (path: string, content: Uint8Array): PlannedFile => ({
  path,
  size: content.length,
  content,
});

/** What tools look images up by: `skopeo copy oci-archive:FILE:SERVICE.BUILD …`. */
const indexOf = ({ id, services = [] }: BuildRecord, manifests: readonly ImageManifest[]) => ({
  schemaVersion: 2,
  mediaType: 'application/vnd.oci.image.index.v1+json',
  manifests: services.flatMap((service) => {
    const manifest = 'digest' in service && manifests.find((it) => it.digest === service.digest);
    if (!manifest) return [];
    const { mediaType, digest, size } = manifest;
    const annotations = { 'org.opencontainers.image.ref.name': imageTag(service.name, id) };
    return [{ mediaType, digest, size, annotations }];
  }),
});
