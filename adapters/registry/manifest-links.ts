import type { ManifestLinks } from '#core/registries/ports.ts';

const indexTypes = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
];

/** An index of platforms counts as the image: the node picks its own. */
export const manifestTypes: readonly string[] = [
  ...indexTypes,
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
];

export const isIndexType = (type: string | null | undefined): boolean =>
  indexTypes.includes(type?.split(';', 1).join() ?? '');

/** What a manifest says of others. One that can't be read says nothing. */
export const linksIn = (manifest: string): ManifestLinks => {
  const { manifests = [], subject } = parse(manifest);
  const parts = manifests.map((it) => it.digest ?? '').filter(Boolean);
  return { parts, ...(subject?.digest && { subject: subject.digest }) };
};

interface Manifest {
  readonly manifests?: readonly { readonly digest?: string }[];
  readonly subject?: { readonly digest?: string };
}

const parse = (text: string): Manifest => {
  try {
    return Object(JSON.parse(text)) as Manifest;
  } catch {
    return {};
  }
};
