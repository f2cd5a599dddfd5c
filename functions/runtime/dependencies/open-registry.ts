import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import * as z from 'zod';
import { StaticRegistry } from '#adapters/registry/static-registry.ts';
import { readRegistrySecret } from '#adapters/secrets-manager/registry-secret.ts';
import { insecureHosts } from './insecure-hosts.ts';
import { type RegistrySettings, registrySettings } from './registry-settings.ts';

export const registryConfig = z.object({
  RACK: z.string(),
  REGISTRY: registrySettings,
  REGISTRY_INSECURE: insecureHosts,
});
export type RegistryConfig = z.infer<typeof registryConfig>;

export type SettingsOf<Kind> = Extract<RegistrySettings, { kind: Kind }>;

/** For pushing as for deleting: such a registry has one login for all. */
export const openStatic = (
  config: Pick<RegistryConfig, 'REGISTRY_INSECURE'>,
  { prefix, secret }: SettingsOf<'static'>
): StaticRegistry => {
  const secrets = new SecretsManagerClient();
  const isInsecure = config.REGISTRY_INSECURE.includes(prefix.split('/', 1).join());
  return new StaticRegistry(
    { readAccount: () => readRegistrySecret(secrets, secret) },
    { prefix, isInsecure }
  );
};
