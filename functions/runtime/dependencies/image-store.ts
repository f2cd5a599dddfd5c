import { ECRClient } from '@aws-sdk/client-ecr';
import { EcrImages } from '#adapters/ecr/ecr-images.ts';
import { StaticImages } from '#adapters/registry/static-images.ts';
import type { ImageStore } from '#core/registries/ports.ts';
import { openStatic, type RegistryConfig } from './open-registry.ts';

/** Artifact Registry lets nothing go that an immutable tag names, and ACR's are not deleted yet. */
const keepsAll: ImageStore = {
  list: async () => [],
  links: async () => new Map(),
  remove: async () => 'unsupported',
  removeApp: async () => 'unsupported',
};

/** The rack's registry, for the one function that may delete there. */
export const openImageStore = (config: RegistryConfig): ImageStore => {
  const settings = config.REGISTRY;
  switch (settings.kind) {
    case 'ecr':
      return new EcrImages(new ECRClient(), { rack: config.RACK });
    case 'static':
      return new StaticImages(openStatic(config, settings));
    case 'acr':
    case 'google':
      return keepsAll;
  }
};
