import { openAsBlob } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { RegistryError } from '../../cluster/node/images/registry-client.ts';
import { digestOf } from '../layers/digest.ts';
import type { Descriptor, Layer } from '../layers/layer.ts';
import { RegistrySession, type Repository } from './registry-session.ts';

export const manifestType = 'application/vnd.oci.image.manifest.v1+json';
export const configType = 'application/vnd.oci.image.config.v1+json';

/** An image that is ready to be pushed. */
export interface PackedImage {
  readonly config: Buffer;
  readonly manifest: Buffer;
  readonly layers: readonly Layer[];
}

export interface PushResult {
  /** Of the manifest. */
  readonly digest: string;
  /** Digests of what the registry did not have. */
  readonly pushed: readonly string[];
}

/**
 * Pushes what the registry lacks of an image: layers, config, and the manifest under `tag`, which may
 * be a digest. Throws `RegistryError`.
 */
export const pushImage = async (
  repository: Repository,
  tag: string,
  image: PackedImage
): Promise<PushResult> => {
  const session = new RegistrySession(repository);
  const pushed: string[] = [];
  const blobs: Blobs = [
    ...image.layers.map(({ descriptor, file }) => ({
      digest: descriptor.digest,
      content: () => openAsBlob(file),
    })),
    { digest: digestOf(image.config), content: () => Promise.resolve(blobOf(image.config)) },
  ];
  for (const blob of blobs) {
    if (!pushed.includes(blob.digest) && (await pushBlob(session, blob))) pushed.push(blob.digest);
  }
  const digest = digestOf(image.manifest);
  if (await pushManifest(session, tag, image.manifest)) pushed.push(digest);
  return { digest, pushed };
};

interface PushedBlob {
  readonly digest: Descriptor['digest'];
  readonly content: () => Promise<Blob>;
}
type Blobs = readonly PushedBlob[];

const blobOf = (content: Buffer): Blob => new Blob([new Uint8Array(content)]);

/** False when the registry has it already. */
const pushBlob = async (session: RegistrySession, blob: PushedBlob): Promise<boolean> =>
  await withRetries(async () => {
    const path = `blobs/${blob.digest}`;
    const known = await session.send({ method: 'HEAD', path, expected: [200, 404] });
    if (known.status === 200) {
      return false;
    }
    const opened = await session.send({ method: 'POST', path: 'blobs/uploads/', expected: [202] });
    await opened.body?.cancel();
    const upload = new URL(opened.headers.get('location') ?? '', opened.url);
    upload.searchParams.set('digest', blob.digest);
    const stored = await session.send({
      method: 'PUT',
      path: upload.href,
      headers: { 'content-type': 'application/octet-stream' },
      body: await blob.content(),
      expected: [201, 204],
    });
    await stored.body?.cancel();
    return true;
  });

/** A tag that has this manifest already is not written again: it may be immutable. */
const pushManifest = async (
  session: RegistrySession,
  tag: string,
  manifest: Buffer
): Promise<boolean> =>
  await withRetries(async () => {
    const path = `manifests/${tag}`;
    const known = await session.send({
      method: 'HEAD',
      path,
      headers: { accept: manifestType },
      expected: [200, 404],
    });
    if (known.headers.get('docker-content-digest') === digestOf(manifest)) {
      return false;
    }
    const stored = await session.send({
      method: 'PUT',
      path,
      headers: { 'content-type': manifestType },
      body: manifest,
      expected: [200, 201],
    });
    await stored.body?.cancel();
    return true;
  });

/** In ms; before the second and the third try. */
const pauses = [250, 1000];

const isTransient = (error: unknown): boolean =>
  error instanceof RegistryError &&
  (error.status === 0 || error.status === 429 || error.status >= 500);

const withRetries = async <Result>(attempt: () => Promise<Result>): Promise<Result> => {
  for (const pause of pauses) {
    try {
      return await attempt();
    } catch (error) {
      if (!isTransient(error)) throw error;
      await delay(pause);
    }
  }
  return await attempt();
};
