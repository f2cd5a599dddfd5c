import { ECRClient } from '@aws-sdk/client-ecr';
import { STSClient } from '@aws-sdk/client-sts';
import { AcrRegistry } from '#adapters/azure/acr-registry.ts';
import { EcrRegistry } from '#adapters/ecr/ecr-registry.ts';
import { ArtifactRegistry } from '#adapters/google/artifact-registry.ts';
import { webIdentityToken } from '#adapters/sts/web-identity-token.ts';
import type { Registry } from '#core/registries/ports.ts';
import { readConfig } from '../config.ts';
import { openAzure, openStatic, registryConfig, type SettingsOf } from './open-registry.ts';
import type { RegistrySettings } from './registry-settings.ts';

const config = readConfig(registryConfig);

const openEcr = ({ host: registryHost, ...settings }: SettingsOf<'ecr'>): Registry =>
  new EcrRegistry(
    {
      ecr: new ECRClient(),
      sts: new STSClient(),
      ecrAs: (credentials) => new ECRClient({ credentials }),
    },
    { rack: config.RACK, registryHost, ...settings },
    Date.now
  );

const openAcr = (settings: SettingsOf<'acr'>): Registry => {
  const { clients, ...where } = openAzure(config, settings, settings.client);
  return new AcrRegistry(clients, where, Date.now);
};

const openGoogle = (settings: SettingsOf<'google'>): Registry =>
  new ArtifactRegistry({ webIdentityToken }, { rack: config.RACK, ...settings }, Date.now);

const open = (settings: RegistrySettings): Registry => {
  switch (settings.kind) {
    case 'ecr':
      return openEcr(settings);
    case 'acr':
      return openAcr(settings);
    case 'google':
      return openGoogle(settings);
    case 'static':
      return openStatic(config, settings);
  }
};

/** The rack's registry, for the functions that may mint. */
export const registry: Registry = open(config.REGISTRY);
