import { tinyArtifact } from '#infra/google/tiny-artifact.ts';
import { pushImage } from '#infra/local/builder/registry/push-image.ts';
import { RegistrySession } from '#infra/local/builder/registry/registry-session.ts';
import { RegistryError } from '#infra/local/cluster/node/images/registry-client.ts';

export interface Login {
  readonly username: string;
  readonly password: string;
}

/** A client of a registry with one login; answers a digest, or the status that stood in the way. */
export const clientOf = (url: string, credentials: Login) => ({
  push: (name: string, tag: string): Promise<string | number> =>
    pushImage({ url, name, credentials }, tag, tinyArtifact(`${name}:${tag}`))
      .then(({ digest }) => digest)
      .catch(statusOf),
  pull: (name: string, tag: string): Promise<string | number> =>
    new RegistrySession({ url, name, credentials })
      .send({ method: 'GET', path: `manifests/${tag}`, expected: [200] })
      .then(({ status }) => status)
      .catch(statusOf),
});

const statusOf = (error: unknown): number => {
  if (error instanceof RegistryError) return error.status;
  throw error;
};
