import { type Clock, timestamp } from '../clock.ts';
import { ConflictError, InvalidRequestError } from '../errors.ts';
import { actorName, type Token } from '../tokens/token.ts';
import type { Registries } from './ports.ts';
import { canonicalServer, type RegistryLogin } from './registry-login.ts';
import { showRegistry } from './show-registry.ts';

interface Dependencies {
  readonly registries: Pick<Registries, 'list' | 'put'>;
  readonly clock: Clock;
}

/** Their logins have to fit into one Secret of Kubernetes, which holds a megabyte. */
const most = 30;

/** Passwords of ECR end after twelve hours. */
const ecr = /\.dkr\.ecr(-fips)?\.[a-z0-9-]+\.amazonaws\.com(\.cn)?$/;

/**
 * Adds a registry, or gives one that is there a new login.
 * @throws InvalidRequestError for ECR, ConflictError when there are too many.
 */
export const addRegistry =
  ({ registries, clock }: Dependencies) =>
  async (login: RegistryLogin, caller: Token | undefined) => {
    const server = canonicalServer(login.server);
    refuseEcr(server);
    const others = (await registries.list()).filter((it) => it.server !== server);
    if (others.length >= most) {
      throw new ConflictError(
        `the rack has ${others.length} registries, which is the most it takes`,
        {
          hint: 'remove one: rackless registries remove SERVER',
        }
      );
    }
    const { username, password } = login;
    const added = { server, username, created: timestamp(clock), actor: actorName(caller) };
    await registries.put(added, password);
    return showRegistry(added);
  };

const refuseEcr = (server: string): void => {
  if (!ecr.test(server)) return;
  throw new InvalidRequestError(`logins of ECR end after twelve hours: ${server}`, {
    hint: "let the nodes' own role pull from it: see docs/registries.md",
  });
};
