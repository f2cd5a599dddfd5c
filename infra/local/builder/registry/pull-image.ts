import { readFile } from 'node:fs/promises';
import {
  type Descriptor as AnyDescriptor,
  choosePlatform,
  type Manifest,
} from '../../cluster/node/images/image-config.ts';
import { parseImageReference } from '../../cluster/node/images/image-reference.ts';
import { RegistryClient } from '../../cluster/node/images/registry-client.ts';
import { digestOf } from '../layers/digest.ts';
import { type Layer, layerType } from '../layers/layer.ts';
import type { ImageFile } from '../stages/image-file.ts';
import type { BlobCache } from './blob-cache.ts';
import type { Logins } from './login.ts';
import { repositoryOf } from './repository-of.ts';

export interface Puller {
  readonly logins: Logins;
  readonly cache: BlobCache;
}

export interface PulledImage {
  readonly image: ImageFile;
  readonly layers: readonly Layer[];
  /** Of the platform's manifest. */
  readonly digest: string;
}

/** In ms. */
const connectTimeout = 5000;
const manifestTimeout = 30_000;
const blobTimeout = 600_000;

/** Pulls an image for this machine into the cache. Throws when it can't be had, for whatever reason. */
export const pullImage = async (name: string, puller: Puller): Promise<PulledImage> => {
  const reference = parseImageReference(name);
  const { url, name: repository, credentials } = repositoryOf(name, { ...puller, insecure: false });
  await requireAnswer(url);
  const client = new RegistryClient({ url, repository, credentials });
  const wanted = reference.digest ?? reference.tag ?? 'latest';
  const { digest, manifest } = await resolve(client, wanted);
  const download = async ({ digest: blob }: AnyDescriptor): Promise<string> =>
    await puller.cache.file(blob, () => client.blob(blob, AbortSignal.timeout(blobTimeout)));
  const image = JSON.parse(await readFile(await download(configOf(manifest)), 'utf8')) as ImageFile;
  const layers: Layer[] = [];
  for (const [index, descriptor] of (manifest.layers ?? []).entries()) {
    const file = await download(descriptor);
    layers.push(asLayer(descriptor, file, image.rootfs?.diff_ids?.[index]));
  }
  return { image, layers, digest };
};

/** A registry that can't be reached is found out before the long timeouts begin. */
const requireAnswer = async (url: string): Promise<void> => {
  try {
    const response = await fetch(`${url}/v2/`, { signal: AbortSignal.timeout(connectTimeout) });
    await response.body?.cancel();
  } catch (error) {
    const { cause, name } = error as Error & { cause?: NodeJS.ErrnoException };
    const reason =
      name === 'TimeoutError' ? 'no answer within 5 s' : (cause?.code ?? cause?.message ?? name);
    throw new Error(`${new URL(url).host}: ${reason}`, { cause: error });
  }
};

const resolve = async (
  client: RegistryClient,
  reference: string
): Promise<{ readonly digest: string; readonly manifest: Manifest }> => {
  const { body } = await client.manifest(reference, AbortSignal.timeout(manifestTimeout));
  const digest = digestOf(body);
  if (reference.startsWith('sha256:') && digest !== reference) {
    throw new Error(`unexpected manifest digest ${digest}, expected ${reference}`);
  }
  const manifest = JSON.parse(body.toString()) as Manifest;
  const platform = choosePlatform(manifest);
  return platform === undefined ? { digest, manifest } : await resolve(client, platform.digest);
};

const configOf = ({ config }: Manifest): AnyDescriptor => {
  if (config === undefined) {
    throw new Error('the manifest names no image config');
  }
  return config;
};

const asLayer = (
  { digest, mediaType = layerType, size = 0 }: AnyDescriptor,
  file: string,
  diffId: string | undefined
): Layer => {
  if (diffId === undefined) {
    throw new Error('the image config names fewer layers than the manifest');
  }
  return {
    descriptor: { mediaType: ociTypes[mediaType] ?? mediaType, digest, size },
    diffId,
    file,
  };
};

/** An OCI manifest names its parts in OCI's words; the bytes are the same. */
const ociTypes: Readonly<Record<string, string>> = {
  'application/vnd.docker.image.rootfs.diff.tar.gzip': layerType,
  'application/vnd.docker.image.rootfs.diff.tar': 'application/vnd.oci.image.layer.v1.tar',
};
