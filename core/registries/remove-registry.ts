import { NotFoundError } from '../errors.ts';
import type { Registries } from './ports.ts';
import { canonicalServer } from './registry-login.ts';

/** Forgets a registry and its login. The message for an unknown one is Convox's. */
export const removeRegistry =
  ({ registries }: { readonly registries: Pick<Registries, 'remove'> }) =>
  async ({ server }: { readonly server: string }) => {
    if (await registries.remove(canonicalServer(server))) return 'ok' as const;
    throw new NotFoundError(`no such registry: ${server}`, {
      hint: 'see which there are: rackless registries',
    });
  };
