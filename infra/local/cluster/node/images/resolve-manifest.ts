import { createHash } from 'node:crypto';
import { choosePlatform, type Manifest } from './image-config.ts';
import type { ImageReference } from './image-reference.ts';
import type { RegistryClient } from './registry-client.ts';

export interface ResolvedManifest {
  readonly digest: string;
  readonly manifest: Manifest;
}

/** Follows an index to the manifest of this machine's platform; what was asked by digest is verified. */
export const resolveManifest = async (
  client: RegistryClient,
  reference: ImageReference,
  signal: AbortSignal
): Promise<ResolvedManifest> => {
  const top = await fetchManifest(client, reference.digest ?? reference.tag ?? 'latest', signal);
  const platform = choosePlatform(top.manifest);
  return platform === undefined ? top : await fetchManifest(client, platform.digest, signal);
};

const fetchManifest = async (
  client: RegistryClient,
  reference: string,
  signal: AbortSignal
): Promise<ResolvedManifest> => {
  const { body } = await client.manifest(reference, signal);
  const digest = `sha256:${createHash('sha256').update(body).digest('hex')}`;
  if (reference.startsWith('sha256:') && reference !== digest) {
    throw new Error(`unexpected manifest digest: ${digest}, expected ${reference}`);
  }
  return { digest, manifest: JSON.parse(body.toString()) as Manifest };
};
