import { type AzureCloud, azureClouds } from '../azure/clouds.ts';
import type { EntraIdentity } from '../azure/entra-identity.ts';
import { EntraTokens } from '../azure/entra-tokens.ts';
import { webIdentityToken } from '../sts/web-identity-token.ts';
import {
  type ClusterToken,
  cannotRun,
  type ExecEntry,
  type ExecPlugin,
  optionOf,
  programOf,
  wordsOf,
} from './exec-entry.ts';

interface AksCluster {
  /** The API server's application; the same one for all clusters of AKS. */
  readonly server: string;
  readonly identity: EntraIdentity;
}

/** A new one is made well before the end that Entra gave; milliseconds. */
const margin = 5 * 60_000;

/** What people log in with, at a browser: it can trust nobody. */
const interactiveClient = '80faf920-1908-4b52-b5ef-a8e7bedfc67a';

const hint =
  'rewrite the entry for the identity that trusts the rack: kubelogin convert-kubeconfig -l workloadidentity --client-id ID --tenant-id ID';

/**
 * `kubelogin get-token --server-id ID --client-id ID --tenant-id ID`: a token of Entra for the API
 * server, by the trust that the identity has in the rack's AWS role; whatever way to log in the
 * entry names. Options as in kubelogin's documentation, "get-token".
 */
export const aksPlugin: ExecPlugin = (entry) => {
  if (!['kubelogin', 'azurekubelogin'].includes(programOf(entry))) return undefined;
  const { server, identity } = aksClusterOf(entry);
  const entra = new EntraTokens(webIdentityToken, identity, Date.now);
  return async (): Promise<ClusterToken> => {
    const { token, until } = await entra.request(`${server}/.default`);
    return { token, until: until - margin };
  };
};

const aksClusterOf = (entry: ExecEntry): AksCluster => {
  const words = wordsOf(entry);
  const server = optionOf(words, '--server-id');
  const client = optionOf(words, '--client-id') ?? variable(entry, 'AZURE_CLIENT_ID');
  const tenant = optionOf(words, '--tenant-id', '-t') ?? variable(entry, 'AZURE_TENANT_ID');
  const isComplete = words.includes('get-token') && server && client && tenant;
  if (!isComplete || client === interactiveClient) throw cannotRun(entry, hint);
  return { server, identity: { tenant, client, cloud: cloudOf(entry, words) } };
};

const cloudOf = (
  entry: ExecEntry,
  words: readonly string[]
): Pick<AzureCloud, 'authority' | 'assertionAudience'> => {
  const name = optionOf(words, '--environment', '-e') ?? 'AzurePublicCloud';
  const [, cloud] =
    Object.entries(azureClouds).find(([it]) => it.toLowerCase() === name.toLowerCase()) ?? [];
  if (!cloud) throw cannotRun(entry, `the environment ${name} is not known: ${names}`);
  const authority = optionOf(words, '--authority-host') ?? variable(entry, 'AZURE_AUTHORITY_HOST');
  return { ...cloud, ...(authority && { authority: authority.replace(/\/$/, '') }) };
};

const names = `use ${Object.keys(azureClouds).join(', ')}`;

const variable = ({ env }: ExecEntry, name: string): string | undefined =>
  env?.find((it) => it.name === name)?.value;
