import { setTimeout as wait } from 'node:timers/promises';
import { googleEndpoints } from '../google/ask-google.ts';
import {
  type FederationDependencies,
  federatedAccess,
  type GoogleIdentity,
  tokenMargin,
} from '../google/federated-token.ts';
import { webIdentityToken } from '../sts/web-identity-token.ts';
import { cannotRun, type ExecEntry, type ExecPlugin, programOf } from './exec-entry.ts';

/**
 * `gke-gcloud-auth-plugin`, as `gcloud container clusters get-credentials` writes it. It names nobody,
 * since gcloud knows who is logged in; here two variables of the entry say who the rack is.
 */
export const gkePluginWith =
  (federation: FederationDependencies): ExecPlugin =>
  (entry) => {
    if (programOf(entry) !== 'gke-gcloud-auth-plugin') return undefined;
    const identity = identityOf(entry);
    return async () => {
      const { token, expires } = await federatedAccess(federation, identity);
      return { token, until: expires - tokenMargin };
    };
  };

/** An access token of Google is good for all clusters that its account may use. */
export const gkePlugin = gkePluginWith({
  webIdentityToken,
  endpoints: googleEndpoints('us'),
  sleep: wait,
  clock: Date.now,
});

const identityOf = (entry: ExecEntry): GoogleIdentity => {
  const value = (name: string): string | undefined =>
    entry.env?.find((it) => it.name === name)?.value;
  const [provider, serviceAccount] = [
    value('GOOGLE_WORKLOAD_IDENTITY_PROVIDER'),
    value('GOOGLE_SERVICE_ACCOUNT'),
  ];
  if (provider && serviceAccount) return { provider, serviceAccount };
  const hint =
    'say who the rack is: kubectl config set-credentials USER --exec-env=GOOGLE_WORKLOAD_IDENTITY_PROVIDER=projects/…/providers/… --exec-env=GOOGLE_SERVICE_ACCOUNT=NAME@PROJECT.iam.gserviceaccount.com';
  throw cannotRun(entry, hint);
};
