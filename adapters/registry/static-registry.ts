import { UnavailableError } from '#core/errors.ts';
import type { PushCredential, PushSession, Registry } from '#core/registries/ports.ts';
import { digestOf } from './digest-of.ts';
import { type RegistryAccount, RegistryClient } from './registry-client.ts';
import { RegistryFailure } from './registry-failure.ts';

export interface StaticSettings {
  /** `HOST` or `HOST/PATH`: an app's repository stands below it. */
  readonly prefix: string;
  /** Speaks plain HTTP. */
  readonly isInsecure: boolean;
}

export interface StaticClients {
  /** The credential that the registry's owner gave to the rack. */
  readonly readAccount: () => Promise<RegistryAccount>;
}

/**
 * A registry that knows nothing but passwords: a grant is its owner's own credential, which can do
 * whatever it can do, for as long as it works.
 */
export class StaticRegistry implements Registry {
  readonly isStatic = true;
  readonly #clients: StaticClients;
  readonly #settings: StaticSettings;

  constructor(clients: StaticClients, settings: StaticSettings) {
    this.#clients = clients;
    this.#settings = settings;
  }

  repositoryOf(app: string): string {
    return `${this.#settings.prefix}/${app}`;
  }

  /** No app's own: their names have no underscore. No level more: Docker Hub has but two. */
  cacheRepositoryOf(app: string): string {
    return `${this.repositoryOf(app)}_cache`;
  }

  async mint({ app }: PushSession): Promise<PushCredential> {
    const { username, password } = await this.#clients.readAccount();
    return { repository: this.repositoryOf(app), host: this.#host, username, password };
  }

  login(): Promise<RegistryAccount> {
    return this.#clients.readAccount();
  }

  /** Nothing can be taken back: the grant's record says so. */
  async revoke(): Promise<void> {}

  async digest(app: string, tag: string): Promise<string | undefined> {
    const client = await this.clientFor();
    try {
      return await digestOf(client, this.pathsOf(app).images, tag);
    } catch (cause) {
      if (!(cause instanceof RegistryFailure)) throw cause;
      throw new UnavailableError(`the registry does not tell of ${app}:${tag}: ${cause.message}`, {
        hint: 'see what is wrong: rackless registries test',
        cause,
      });
    }
  }

  /** For its API, with its owner's login. */
  async clientFor(): Promise<RegistryClient> {
    const account = await this.#clients.readAccount();
    return new RegistryClient({
      host: this.#host,
      account,
      isInsecure: this.#settings.isInsecure,
    });
  }

  /** An app's repositories without the host. */
  pathsOf(app: string): { readonly images: string; readonly cache: string } {
    const path = (repository: string): string => repository.slice(this.#host.length + 1);
    return { images: path(this.repositoryOf(app)), cache: path(this.cacheRepositoryOf(app)) };
  }

  get #host(): string {
    return this.#settings.prefix.split('/', 1).join();
  }
}
