import { readFileSync } from 'node:fs';
import { AcrImages } from '#adapters/azure/acr-images.ts';
import { AcrRegistry } from '#adapters/azure/acr-registry.ts';
import { EntraTokens } from '#adapters/azure/entra-tokens.ts';
import {
  startWebIdentityIssuer,
  type WebIdentityIssuer,
} from '#test/fakes/aws-identity/web-identity-issuer.ts';
import { type Microsoft, startMicrosoft } from '#test/fakes/microsoft/start-microsoft.ts';

/** The roles that docs/registries/azure.md has an owner make: each is enough, and all of it is needed. */
const roleActions = (name: string): readonly string[] => {
  const page = readFileSync(new URL('../../../docs/registries/azure.md', import.meta.url), 'utf8');
  const roles = [...page.matchAll(/```json\n(.*?)```/gs)].map(
    ([, json = '{}']) => JSON.parse(json) as { Name: string; Actions: readonly string[] }
  );
  return roles.find((it) => it.Name === name)?.Actions ?? [];
};

const start = Date.parse('2026-11-23T10:00:00Z');

export interface AzureBed {
  readonly issuer: WebIdentityIssuer;
  readonly microsoft: Microsoft;
  /** Milliseconds since 1970, for all of them. */
  readonly time: { now: number };
  /** How often the rack has shown who it is. */
  readonly assertions: string[];
  /** A registry of the rack as a function that has just started sees it. */
  readonly registry: () => AcrRegistry;
  readonly entra: () => EntraTokens;
  /** What deletes there; with `useRole`. */
  readonly images: () => AcrImages;
  /** Gives the rack's identity other roles of the docs, by their names. */
  readonly useRole: (...names: readonly string[]) => void;
  readonly close: () => Promise<void>;
}

/**
 * An AWS account's issuer, a tenant that trusts the rack's role, and a registry in it. Without a
 * clock of the test's own, time stands still.
 */
export const openAzureBed = async (now?: () => number): Promise<AzureBed> => {
  const time = { now: start };
  const clock = now ?? ((): number => time.now);
  const issuer = await startWebIdentityIssuer(clock);
  const microsoft = await startMicrosoft(clock);
  const { identity, tenant } = microsoft.directory;
  const assertions: string[] = [];
  const assert = async (audience: string): Promise<string> => {
    assertions.push(audience);
    return issuer.token(audience);
  };
  const entra = (): EntraTokens =>
    new EntraTokens(assert, { tenant, client: identity.client, cloud: microsoft.cloud }, clock);
  const settings = {
    rack: 'atom',
    url: microsoft.registryUrl,
    resourceId: microsoft.registry.resourceId,
    cloud: microsoft.cloud,
  };
  const pause = (): Promise<void> => Promise.resolve();
  const registry = (): AcrRegistry => new AcrRegistry({ entra: entra(), pause }, settings, clock);
  const images = (): AcrImages => new AcrImages({ entra: entra(), pause }, settings, clock);
  const useRole = (...names: readonly string[]): void => {
    identity.actions.clear();
    for (const action of names.flatMap(roleActions)) identity.actions.add(action);
  };
  const close = async (): Promise<void> => {
    await Promise.all([issuer.close(), microsoft.close()]);
  };
  return { issuer, microsoft, time, assertions, registry, images, entra, useRole, close };
};

/** Back to how an owner leaves it who has followed the docs. */
export const setUp = ({ issuer, microsoft, time, assertions, useRole }: AzureBed): void => {
  const { identity } = microsoft.directory;
  issuer.roleArn = 'arn:aws:iam::123456789012:role/rackless-test-credentials';
  identity.credentials.splice(0, 10, {
    issuer: issuer.url,
    subject: issuer.roleArn,
    audience: microsoft.cloud.assertionAudience,
  });
  useRole('rackless registry');
  microsoft.registry.scopeMaps.clear();
  microsoft.registry.tokens.clear();
  microsoft.manager.isSlow = false;
  microsoft.manager.troubles.length = 0;
  time.now = start;
  assertions.length = 0;
};
