import { ConflictError, InvalidRequestError } from '../errors.ts';
import type { Service } from '../manifests/manifest.ts';
import { parseManifest } from '../manifests/parse-manifest.ts';
import type { Policy } from '../manifests/policy.ts';
import type { Registry } from '../registries/ports.ts';
import type { Build, BuiltImage } from './build.ts';
import type { Images } from './task-ports.ts';

export interface PushedImagesDependencies {
  readonly registry: Pick<Registry, 'digest' | 'repositoryOf'>;
  readonly images: Images;
}

interface Pushed {
  readonly build: Build;
  readonly policy: Policy;
  /** By service, what its builder says that it pushed; the stock client says nothing. */
  readonly claimed: Readonly<Record<string, string>>;
}

/**
 * The image of each service of an external build, pinned by the digest that the registry reports.
 * @throws ConflictError when a digest is not what was pushed, InvalidRequestError for a service
 * without an image, ManifestError.
 */
export const pushedImages = async (
  deps: PushedImagesDependencies,
  { build, policy, claimed }: Pushed
): Promise<readonly BuiltImage[]> => {
  const { services } = parseManifest(build.manifest, { policy });
  refuseStrangers(services, claimed);
  return Promise.all(
    services.map(async (service) => ({
      service: service.name,
      image: await imageOf(deps, build, { service, claimed: claimed[service.name] }),
    }))
  );
};

const refuseStrangers = (
  services: readonly Service[],
  claimed: Readonly<Record<string, string>>
): void => {
  const strange = Object.keys(claimed).find((name) => !services.some((it) => it.name === name));
  if (strange) throw new InvalidRequestError(`images: the manifest has no service ${strange}`);
};

/** Convox's name for an image of a build. */
export const imageTag = (service: string, build: string): string => `${service}.${build}`;

const imageOf = async (
  { registry, images }: PushedImagesDependencies,
  { app, id }: Build,
  { service, claimed }: { readonly service: Service; readonly claimed: string | undefined }
): Promise<string> => {
  const { name, source } = service;
  const tag = imageTag(name, id);
  const digest = await registry.digest(app, tag);
  if (claimed && digest && claimed !== digest) {
    throw new ConflictError(
      `service ${name}: ${claimed} was pushed, but the registry reports ${digest} for ${tag}`,
      { hint: 'build again; if it happens again, somebody else pushes to this repository' }
    );
  }
  const repository = registry.repositoryOf(app);
  if (digest) return `${repository}@${digest}`;
  if (source.kind === 'image' && !claimed) return (await images.pin(source.image)) ?? source.image;
  throw new InvalidRequestError(`service ${name}: no image was pushed as ${repository}:${tag}`, {
    hint: 'push it, then report the end of the build again',
  });
};
