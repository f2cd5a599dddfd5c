import { InvalidRequestError } from '../errors.ts';
import type { BlobId, StoredManifest } from './ports.ts';

/** How a manifest refers to other content. */
export interface Descriptor extends BlobId {
  readonly mediaType: string;
}

/** What images and indexes of images say, as far as copying them needs it. */
export interface ImageManifest extends BlobId, StoredManifest {
  /** Of an index: images of platforms, and what is attached to them. */
  readonly manifests: readonly Descriptor[];
  /** Of an image: its configuration and its layers. */
  readonly blobs: readonly Descriptor[];
}

/** The limit of the distribution specification. */
export const largestManifest = 4 * 1024 * 1024;

const oci = 'application/vnd.oci.image';

/**
 * Reads a manifest of the OCI image specification or of Docker's second schema.
 * @throws InvalidRequestError naming it.
 */
export const readManifest = (digest: string, stored: StoredManifest): ImageManifest => {
  const { content } = stored;
  const given = objectIn(digest, content);
  const { manifests, config, layers } = given;
  const known = { digest, size: content.length, content };
  if (Array.isArray(manifests)) {
    const mediaType = typeOf(given, stored, `${oci}.index.v1+json`);
    return { ...known, mediaType, manifests: descriptors(digest, manifests), blobs: [] };
  }
  if (config && Array.isArray(layers)) {
    const mediaType = typeOf(given, stored, `${oci}.manifest.v1+json`);
    return { ...known, mediaType, manifests: [], blobs: descriptors(digest, [config, ...layers]) };
  }
  throw new InvalidRequestError(`${digest} is no image and no index of images`);
};

/** Its own word counts most; OCI's may leave it out. */
const typeOf = ({ mediaType }: Fields, stored: StoredManifest, usual: string): string =>
  typeof mediaType === 'string' ? mediaType : stored.mediaType || usual;

type Fields = Readonly<Record<string, unknown>>;

const objectIn = (digest: string, content: Uint8Array): Fields => {
  const value = parsed(content);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields;
  throw new InvalidRequestError(`manifest ${digest} is not a JSON object`);
};

const parsed = (content: Uint8Array): unknown => {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(content));
  } catch {
    return undefined; // not JSON: the caller says what it should be
  }
};

const descriptors = (digest: string, given: readonly unknown[]): readonly Descriptor[] =>
  given.map((it) => readDescriptor(it, `manifest ${digest}`));

/** @param where for the message. @throws InvalidRequestError */
export const readDescriptor = (given: unknown, where: string): Descriptor => {
  const { mediaType, digest, size } = Object(given) as Fields;
  if (!isDigest(digest)) {
    throw new InvalidRequestError(`${where} names something by ${shown(digest)}, not by a SHA-256`);
  }
  if (!Number.isSafeInteger(size) || (size as number) < 0) {
    throw new InvalidRequestError(`${where} gives ${digest} the size ${shown(size)}`);
  }
  return {
    mediaType: typeof mediaType === 'string' ? mediaType : '',
    digest,
    size: size as number,
  };
};

export const isDigest = (text: unknown): text is string =>
  typeof text === 'string' && /^sha256:[0-9a-f]{64}$/.test(text);

const shown = (value: unknown): string => String(JSON.stringify(value)).slice(0, 100);
