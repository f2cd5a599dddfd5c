import type { PushCredential } from '../registries/ports.ts';
import { type Grant, isActiveGrant } from './grant.ts';

type Status = 'active' | 'expired' | 'revoked';

/** A grant as the wire shows it; never with a secret. */
export const showGrant = (grant: Grant, now: number) => {
  const { revoked, static: isStatic = false, ...fields } = grant;
  return { ...fields, status: statusOf(grant, now), static: isStatic };
};

const statusOf = (grant: Grant, now: number): Status => {
  if (grant.revoked) return 'revoked';
  return isActiveGrant(grant, now) ? 'active' : 'expired';
};

/** Convox's form: `https://USER:PASSWORD@HOST/PATH`; both are percent-encoded. */
export const repositoryUrl = ({ repository, username, password }: PushCredential): string =>
  `https://${encodeURIComponent(username)}:${encodeURIComponent(password)}@${repository}`;
