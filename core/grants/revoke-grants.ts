import { type Clock, timestamp } from '../clock.ts';
import type { Registry } from '../registries/ports.ts';
import { type Grant, sessionOf } from './grant.ts';
import type { Grants } from './ports.ts';

export interface RevokeGrantsDependencies {
  readonly grants: Grants;
  readonly registry: Registry;
  readonly clock: Clock;
}

/** More than one build can ask for while any of its grants still works. */
const lookedAt = 200;

/**
 * Takes back the grants of an app that `which` picks and that would still work. The registry is told
 * of every one that must be dead by now, so that two revocations at a time never undo each other.
 * Those past their end need no mention: they are dead by themselves.
 */
export const revokeGrants = async (
  { grants, registry, clock }: RevokeGrantsDependencies,
  app: string,
  which: (grant: Grant) => boolean
): Promise<readonly Grant[]> => {
  const now = clock();
  const picked = (await grants.list(app, lookedAt)).filter(
    (it) => isUnexpired(it, now) && which(it)
  );
  // Those that are revoked already count: the registry may not have heard of it.
  if (picked.length === 0) return [];
  const revoked = picked.filter((it) => !isRevoked(it));
  const at = timestamp(clock);
  await Promise.all(revoked.map(({ id }) => grants.markRevoked(app, id, at)));
  const unexpired = (await grants.list(app, lookedAt)).filter((it) => isUnexpired(it, now));
  const [dead, alive] = [unexpired.filter(isRevoked), unexpired.filter((it) => !isRevoked(it))];
  await registry.revoke(app, dead.map(sessionOf), alive.map(sessionOf));
  return revoked.map((it) => ({ ...it, revoked: at }));
};

const isUnexpired = ({ expires }: Grant, now: number): boolean => Date.parse(expires) > now;

const isRevoked = ({ revoked }: Grant): boolean => revoked !== '';
