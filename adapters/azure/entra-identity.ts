import type { AzureCloud } from './clouds.ts';

/** The rack in Azure: a managed identity or an application that trusts its AWS role. */
export interface EntraIdentity {
  /** The directory's id. */
  readonly tenant: string;
  /** The identity's client id; not its object id. */
  readonly client: string;
  readonly cloud: Pick<AzureCloud, 'authority' | 'assertionAudience'>;
}
