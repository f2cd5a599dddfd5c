import type { Images } from '#core/builds/task-ports.ts';
import type { RegistryLogin } from '#core/registries/registry-login.ts';
import { digestOf } from './digest-of.ts';
import { parseReference } from './image-reference.ts';
import { type RegistryAccount, RegistryClient } from './registry-client.ts';

/** Asks registries for digests, with the rack's login where it has one. */
export class RegistryImages implements Images {
  readonly #insecure: ReadonlySet<string>;
  readonly #accountAt: (host: string) => Promise<RegistryAccount | undefined>;

  constructor(
    insecureRegistries: readonly string[],
    accountAt: (host: string) => Promise<RegistryAccount | undefined> = async () => undefined
  ) {
    this.#insecure = new Set(insecureRegistries);
    this.#accountAt = accountAt;
  }

  async pin(image: string, login?: RegistryLogin): Promise<string | undefined> {
    const { host, repository, reference, isPinned } = parseReference(image);
    if (isPinned) return image;
    const account = login?.server === host ? login : await this.#accountAt(host);
    const client = new RegistryClient({ host, account, isInsecure: this.#insecure.has(host) });
    try {
      const digest = await digestOf(client, repository, reference);
      return digest && `${nameOf(image)}@${digest}`;
    } catch {
      // Whatever the registry's trouble is, the answer is that it does not tell.
      return undefined;
    }
  }
}

/** The reference without its tag. */
const nameOf = (image: string): string => image.replace(/:[^:/]+$/, '');
