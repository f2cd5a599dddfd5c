import { manifestTypes } from './manifest-links.ts';
import type { RegistryClient } from './registry-client.ts';

/**
 * `sha256:…` of what a tag names; undefined when it names nothing.
 * @throws RegistryFailure
 */
export const digestOf = async (
  client: RegistryClient,
  repository: string,
  reference: string
): Promise<string | undefined> => {
  const { status, headers } = await client.send({
    method: 'HEAD',
    path: `/v2/${repository}/manifests/${reference}`,
    headers: { accept: manifestTypes.join(', ') },
    statuses: [200, 404],
  });
  const digest = status === 200 ? headers.get('docker-content-digest') : null;
  return digest && /^sha256:[0-9a-f]{64}$/.test(digest) ? digest : undefined;
};
