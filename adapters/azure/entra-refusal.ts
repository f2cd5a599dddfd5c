import { UnavailableError } from '#core/errors.ts';
import type { Answer } from './ask.ts';
import type { EntraIdentity } from './entra-identity.ts';
import { claimsOf } from './jwt.ts';

/** A new identity, credential or role takes a while to be known everywhere. */
const soon = 'if it is new, try again in some minutes';

const hints: Readonly<Record<number, string>> = {
  700016: `check the client id (not the object id) and the tenant; ${soon}`,
  90002: 'check the tenant id',
  900023: 'check the tenant id',
  700024: "AWS's token was not valid yet or any more: try again",
  50013: 'the token is not signed by its issuer: was web identity federation switched off and on?',
  501661: "Entra could not read the issuer's keys: try again",
  500011: 'check the scope or the server id: the tenant knows no such resource',
  700223: 'the tenant allows no such federation: use a user-assigned managed identity',
};

/** No credential is there, or none matches: issuer, audience, subject, subject up to its case. */
const unmatched = new Set([70025, 70021, 700211, 700212, 700213, 7002138]);

/**
 * Entra's no as an error with its next step; codes of "Microsoft Entra authentication and
 * authorization error codes". The assertion's claims are shown: they are what has to be set up.
 */
export const entraRefusal = (
  { client, tenant }: EntraIdentity,
  assertion: string,
  { status, body }: Pick<Answer, 'status' | 'body'>
): UnavailableError => {
  const { error_description: text = `status ${status}` } = {
    ...(body as { error_description?: string } | undefined),
  };
  const code = Number(/AADSTS(\d+)/.exec(text)?.[1] ?? 0);
  const hint = unmatched.has(code) ? federatedCredential(client, assertion) : hints[code];
  return new UnavailableError(
    `Entra gave no token for ${client} of tenant ${tenant}: ${firstSentence(text)}`,
    { ...(hint && { hint }) }
  );
};

const federatedCredential = (client: string, assertion: string): string => {
  const { iss, sub, aud } = claimsOf(assertion);
  return `add a federated credential to ${client} with exactly this issuer ${iss}, subject ${sub} and audience ${[aud].flat().join()}; ${soon}`;
};

/** Without trace ids and times. */
const firstSentence = (text: string): string =>
  text.split(/\s+Trace ID:|\r?\n/)[0]?.slice(0, 600) ?? text;
