/** The record of one push credential: who got it, for what, until when. Its secret is kept nowhere. */
export interface Grant {
  readonly id: string;
  readonly app: string;
  readonly build: string;
  readonly actor: string;
  /** `HOST/PATH` of the one repository it can push to. */
  readonly repository: string;
  readonly created: string;
  /** RFC 3339. */
  readonly expires: string;
  /** When it was taken back; empty if it was not. */
  readonly revoked: string;
  /** The registry's one login, as its owner gave it: it can do more, and goes on working. */
  readonly static?: boolean;
}

/** The name of the credential's session, in AWS's audit log for one. */
export const sessionOf = ({ build, id }: Pick<Grant, 'build' | 'id'>): string => `${build}.${id}`;

/** It can still be used, as far as the record tells. */
export const isActiveGrant = ({ expires, revoked }: Grant, now: number): boolean =>
  revoked === '' && Date.parse(expires) > now;
