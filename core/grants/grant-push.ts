import { type Clock, timestamp } from '../clock.ts';
import type { PushCredential, Registry } from '../registries/ports.ts';
import { type Grant, sessionOf } from './grant.ts';
import type { Grants } from './ports.ts';

export interface GrantPushDependencies {
  readonly grants: Grants;
  readonly registry: Registry;
  readonly clock: Clock;
}

export interface GrantPush {
  readonly app: string;
  readonly build: string;
  /** Who asked for it. */
  readonly actor: string;
  /** How long it is to work; seconds. */
  readonly seconds: number;
  /** For the app's build cache as well: only for builds that the rack itself runs. */
  readonly withCache: boolean;
}

/** A credential to push one build, recorded first: none is ever out that the rack does not know of. */
export const grantPush = async (
  { grants, registry, clock }: GrantPushDependencies,
  { app, build, actor, seconds, withCache }: GrantPush
): Promise<{ readonly grant: Grant; readonly credential: PushCredential }> => {
  const expires = clock() + seconds * 1000;
  const grant = await grants.create({
    app,
    build,
    actor,
    repository: registry.repositoryOf(app),
    created: timestamp(clock),
    expires: timestamp(() => expires),
    revoked: '',
    ...(registry.isStatic && { static: true }),
  });
  const credential = await registry.mint({ app, session: sessionOf(grant), expires, withCache });
  return { grant, credential };
};
