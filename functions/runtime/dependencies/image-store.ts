import { ECRClient } from '@aws-sdk/client-ecr';
import { AcrImages } from '#adapters/azure/acr-images.ts';
import { EcrImages } from '#adapters/ecr/ecr-images.ts';
import { ArtifactImages } from '#adapters/google/artifact-images.ts';
import { StaticImages } from '#adapters/registry/static-images.ts';
import { webIdentityToken } from '#adapters/sts/web-identity-token.ts';
import type { ImageStore } from '#core/registries/ports.ts';
import { openAzure, openStatic, type RegistryConfig, type SettingsOf } from './open-registry.ts';

/** For the registries of other clouds, until an identity of its own may delete there. */
const keepsAll: ImageStore = {
  list: async () => [],
  links: async () => new Map(),
  remove: async () => 'unsupported',
  removeApp: async () => 'unsupported',
};

const openAcr = (config: RegistryConfig, settings: SettingsOf<'acr'>): ImageStore => {
  if (!settings.expireClient) return keepsAll;
  const { clients, ...where } = openAzure(config, settings, settings.expireClient);
  return new AcrImages(clients, where, Date.now);
};

const openGoogle = (
  { RACK: rack }: RegistryConfig,
  { expireServiceAccount: serviceAccount, ...settings }: SettingsOf<'google'>
): ImageStore => {
  if (!serviceAccount) return keepsAll;
  return new ArtifactImages({ webIdentityToken }, { ...settings, rack, serviceAccount }, Date.now);
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
      return openAcr(config, settings);
    case 'google':
      return openGoogle(config, settings);
  }
};
