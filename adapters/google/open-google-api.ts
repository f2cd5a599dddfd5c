import { setTimeout as wait } from 'node:timers/promises';
import type { Clock } from '#core/clock.ts';
import { type GoogleEndpoints, googleEndpoints, type Sleep } from './ask-google.ts';
import { federatedToken, type GoogleIdentity, type WebIdentityToken } from './federated-token.ts';
import { GoogleApi } from './google-api.ts';

export interface GoogleClients {
  readonly webIdentityToken: WebIdentityToken;
  /** Google's own, if left out. */
  readonly endpoints?: GoogleEndpoints;
  readonly sleep?: Sleep;
}

/** Google's APIs as one of the rack's accounts there sees them. */
export const openGoogleApi = (
  { webIdentityToken, sleep = wait, ...clients }: GoogleClients,
  { location, ...identity }: GoogleIdentity & { readonly location: string },
  clock: Clock
): GoogleApi => {
  const endpoints = clients.endpoints ?? googleEndpoints(location);
  const token = federatedToken({ webIdentityToken, endpoints, sleep, clock }, identity);
  return new GoogleApi({ endpoints, sleep, token });
};
