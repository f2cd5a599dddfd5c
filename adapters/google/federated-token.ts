import * as z from 'zod';
import type { Clock } from '#core/clock.ts';
import { type AccessToken, accessToken, cloudPlatform } from './access-token.ts';
import { askGoogle, type GoogleEndpoints, type Sleep } from './ask-google.ts';

/** Who the rack is at Google. */
export interface GoogleIdentity {
  /** `projects/NUMBER/locations/global/workloadIdentityPools/POOL/providers/PROVIDER` */
  readonly provider: string;
  /** E-mail address of the rack's own service account. */
  readonly serviceAccount: string;
}

/** A signed statement of AWS on who this function is, made for one reader. */
export type WebIdentityToken = (audience: string) => Promise<string>;

export interface FederationDependencies {
  readonly webIdentityToken: WebIdentityToken;
  readonly endpoints: Pick<GoogleEndpoints, 'sts' | 'iamCredentials'>;
  readonly sleep: Sleep;
  readonly clock: Clock;
}

/** A token is used no longer than until so long before its end; milliseconds. */
export const tokenMargin = 5 * 60_000;

const Exchanged = z.object({ access_token: z.string().min(1) });

/**
 * Tokens of the rack's own service account, without any key: AWS's statement is exchanged for a token
 * of the workload identity pool, and that for one of the account. Kept until shortly before its end.
 */
export const federatedToken = (
  deps: FederationDependencies,
  identity: GoogleIdentity
): (() => Promise<string>) => {
  let held: Promise<AccessToken> | undefined;
  const next = async (last: typeof held): Promise<AccessToken> => {
    const current = await last?.catch(() => undefined);
    const isGood = current && deps.clock() < current.expires - tokenMargin;
    return isGood ? current : federatedAccess(deps, identity);
  };
  return async () => {
    held = next(held);
    return (await held).token;
  };
};

/** One such token, made anew. */
export const federatedAccess = async (
  deps: FederationDependencies,
  identity: GoogleIdentity
): Promise<AccessToken> =>
  accessToken(
    {
      endpoint: deps.endpoints.iamCredentials,
      token: await exchange(deps, identity),
      account: identity.serviceAccount,
      seconds: 3600,
      reason: 'rackless',
    },
    deps.sleep
  );

/** Security Token Service, `v1.token`: RFC 8693, as a form. */
const exchange = async (
  { webIdentityToken, endpoints, sleep }: FederationDependencies,
  { provider }: GoogleIdentity
): Promise<string> => {
  const audience = `//iam.googleapis.com/${provider}`;
  const answer = await askGoogle(
    {
      url: `${endpoints.sts}/v1/token`,
      doing: `know this function by ${provider}`,
      body: new URLSearchParams({
        grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
        requested_token_type: 'urn:ietf:params:oauth:token-type:access_token',
        subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
        // A provider without a list of its own takes its own name, with or without the scheme.
        subject_token: await webIdentityToken(`https:${audience}`),
        audience,
        scope: cloudPlatform,
      }),
    },
    sleep
  );
  return Exchanged.parse(answer).access_token;
};
