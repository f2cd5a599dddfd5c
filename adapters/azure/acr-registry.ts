import type { Clock } from '#core/clock.ts';
import type { PushCredential, PushSession, Registry } from '#core/registries/ports.ts';
import { pushActions, tokenName } from './acr-names.ts';
import { AcrReader } from './acr-reader.ts';
import { type Password, scopeMapId, type TokenProperties, tokensOf } from './acr-tokens.ts';
import { ResourceManager, type ResourceManagerClients } from './arm-client.ts';
import type { AzureCloud } from './clouds.ts';

export interface AcrSettings {
  /** Racks may use one registry: an app's repository is `RACK/APP`. */
  readonly rack: string;
  /** Where the registry answers, `https://NAME.azurecr.io`: its login server. */
  readonly url: string;
  /** `/subscriptions/…/resourceGroups/…/providers/Microsoft.ContainerRegistry/registries/NAME`. */
  readonly resourceId: string;
  readonly cloud: AzureCloud;
}

/** Azure Container Registry: what an app's builds may do is a scope map, each grant is a token. */
export class AcrRegistry implements Registry {
  readonly #settings: AcrSettings;
  readonly #clock: Clock;
  readonly #manager: ResourceManager;
  readonly #reader: AcrReader;

  constructor(clients: ResourceManagerClients, settings: AcrSettings, clock: Clock) {
    this.#settings = settings;
    this.#clock = clock;
    this.#manager = new ResourceManager(clients, settings.cloud);
    this.#reader = new AcrReader(clients.entra, settings.url, clock);
  }

  repositoryOf(app: string): string {
    return `${this.#host}/${this.#path(app)}`;
  }

  cacheRepositoryOf(app: string): string {
    return `${this.repositoryOf(app)}/cache`;
  }

  /** The repository itself needs no making: the first push does. */
  async mint({ app, session, expires, withCache }: PushSession): Promise<PushCredential> {
    const token = this.#tokenId(app, session);
    const scopeMapId = await this.#ensureScopeMap(app, withCache);
    await this.#manager.put(token, { scopeMapId, status: 'enabled' });
    const password = await this.#password(token, expires);
    const username = tokenName(this.#path(app), session);
    return { repository: this.repositoryOf(app), host: this.#host, username, password };
  }

  /** Deletes the sessions' tokens; also those of the app that nobody took back in time. */
  async revoke(app: string, sessions: readonly string[]): Promise<void> {
    for (const session of sessions) await this.#manager.remove(this.#tokenId(app, session));
    const tokens = await tokensOf(this.#manager, this.#settings.resourceId, this.#path(app));
    const forgotten = tokens.filter((it) => this.#isOver(it.properties));
    for (const { id } of forgotten) await this.#manager.remove(id);
  }

  login(): ReturnType<AcrReader['login']> {
    return this.#reader.login();
  }

  async digest(app: string, tag: string): Promise<string | undefined> {
    return this.#reader.digest(this.#path(app), tag);
  }

  /** Read first: it seldom changes. What somebody else wrote into it is put right. */
  async #ensureScopeMap(app: string, withCache: boolean): Promise<string> {
    const path = this.#path(app);
    const id = scopeMapId(this.#settings.resourceId, path, withCache);
    const actions = pushActions([path, ...(withCache ? [`${path}/cache`] : [])]);
    const found = await this.#manager.read<{ actions?: readonly string[] }>(id);
    const before = found?.properties.actions ?? [];
    const isSame = before.length === actions.length && actions.every((it) => before.includes(it));
    if (!isSame) {
      const description = `rackless ${this.#settings.rack}: what a build of ${app} may push to`;
      await this.#manager.put(id, { description, actions });
    }
    return id;
  }

  /** One without its end would outlive the grant: it is not handed out. */
  async #password(token: string, expires: number): Promise<string> {
    const { passwords = [] } = await this.#manager.act<{ passwords?: readonly Password[] }>(
      this.#settings.resourceId,
      'generateCredentials',
      { tokenId: token, name: 'password1', expiry: new Date(expires).toISOString() }
    );
    const { value, expiry } = passwords.find((it) => it.name === 'password1') ?? {};
    if (!value) throw new Error('Azure made no password for the token');
    if (!expiry || Date.parse(expiry) > expires + 1000) {
      await this.#manager.remove(token);
      throw new Error(`Azure made a password that ends at ${expiry} instead of in time`);
    }
    return value;
  }

  /** A token that has no password yet is one that is being made. */
  #isOver({ credentials: { passwords = [] } = {} }: TokenProperties): boolean {
    const ends = passwords.map(({ expiry }) => (expiry ? Date.parse(expiry) : Infinity));
    return ends.length > 0 && Math.max(...ends) < this.#clock();
  }

  #tokenId(app: string, session: string): string {
    return `${this.#settings.resourceId}/tokens/${tokenName(this.#path(app), session)}`;
  }

  #path(app: string): string {
    return `${this.#settings.rack}/${app}`;
  }

  get #host(): string {
    return new URL(this.#settings.url).host;
  }
}
