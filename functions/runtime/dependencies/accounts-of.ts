import type { Registries } from '#core/registries/ports.ts';
import { loginAt, type RegistryLogin } from '#core/registries/registry-login.ts';

/** The rack's login at a host, if it has one there. */
export const accountsOf =
  (registries: Pick<Registries, 'logins'>) =>
  async (host: string): Promise<RegistryLogin | undefined> =>
    loginAt(await registries.logins(), host);
