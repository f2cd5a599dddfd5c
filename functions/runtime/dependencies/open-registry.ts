import { setTimeout as sleep } from 'node:timers/promises';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import * as z from 'zod';
import { azureClouds } from '#adapters/azure/clouds.ts';
import { EntraTokens } from '#adapters/azure/entra-tokens.ts';
import { StaticRegistry } from '#adapters/registry/static-registry.ts';
import { readRegistrySecret } from '#adapters/secrets-manager/registry-secret.ts';
import { webIdentityToken } from '#adapters/sts/web-identity-token.ts';
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

/** ACR as one of the rack's identities there sees it. */
export const openAzure = (
  { RACK: rack }: Pick<RegistryConfig, 'RACK'>,
  { server, resourceId, tenant, ...settings }: SettingsOf<'acr'>,
  client: string
) => {
  const cloud = azureClouds[settings.cloud];
  const entra = new EntraTokens(webIdentityToken, { tenant, client, cloud }, Date.now);
  const pause = (milliseconds: number): Promise<void> => sleep(milliseconds);
  return { clients: { entra, pause }, rack, url: `https://${server}`, resourceId, cloud };
};
