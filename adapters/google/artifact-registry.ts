import * as z from 'zod';
import type { Clock } from '#core/clock.ts';
import { UnavailableError } from '#core/errors.ts';
import type { PushCredential, PushSession, Registry } from '#core/registries/ports.ts';
import { accessToken } from './access-token.ts';
import { ensureRepository } from './docker-repository.ts';
import type { GoogleIdentity } from './federated-token.ts';
import type { GoogleApi } from './google-api.ts';
import { GoogleError } from './google-error.ts';
import { keepTrying, type Patience } from './keep-trying.ts';
import { type GoogleClients, openGoogleApi } from './open-google-api.ts';
import { type AppAccount, disableAccount, emailOf, ensureAccount } from './push-account.ts';
import {
  type AccountKind,
  type ArtifactRegistrySettings,
  imagePath,
  type RepositoryKind,
  repositoryName,
} from './resource-names.ts';
import { tryPush } from './try-push.ts';
import { allowWriter } from './writer-binding.ts';

/** An hour: what Google gives at most. */
const longest = 3600;

/** The user name that goes with an access token. */
const username = 'oauth2accesstoken';

/**
 * How long a credential may take, for a function behind the gateway has 30 seconds. Changes of access
 * take minutes to reach all of Google, so what has changed is tried before it is handed out; who is
 * told to ask again finds it done.
 */
const patience = 20_000;

interface AccountGrant {
  readonly account: AppAccount;
  readonly session: string;
  readonly expires: number;
}

/** An account just made or woken is not known everywhere yet. */
const isSettling = (error: unknown): boolean =>
  error instanceof GoogleError &&
  [400, 403, 404].includes(error.status) &&
  error.reason !== 'SERVICE_DISABLED';

const isRefusedPush = (error: unknown): boolean =>
  error instanceof UnavailableError && !(error instanceof GoogleError);

const Tag = z.object({ version: z.string() });

/**
 * One repository of Artifact Registry for each app, and one service account that may push to it and
 * nothing else. A credential is a token of that account.
 */
export class ArtifactRegistry implements Registry {
  readonly #api: GoogleApi;
  readonly #settings: ArtifactRegistrySettings;
  readonly #clock: Clock;

  constructor(
    clients: GoogleClients,
    settings: ArtifactRegistrySettings & GoogleIdentity,
    clock: Clock
  ) {
    this.#api = openGoogleApi(clients, settings, clock);
    this.#settings = settings;
    this.#clock = clock;
  }

  repositoryOf(app: string): string {
    return this.#address(app, 'images');
  }

  cacheRepositoryOf(app: string): string {
    return this.#address(app, 'cache');
  }

  async mint({ app, session, expires, withCache }: PushSession): Promise<PushCredential> {
    const kinds: readonly RepositoryKind[] = withCache ? ['images', 'cache'] : ['images'];
    const account = this.#account(app, withCache ? 'build' : 'push');
    const settings = this.#settings;
    const patience = this.#patience();
    await Promise.all([
      ensureAccount(this.#api, account),
      ...kinds.map((kind) => ensureRepository(this.#api, { settings, app, kind })),
    ]);
    const email = emailOf(account);
    const repositories = kinds.map((kind) => repositoryName(settings, app, kind));
    await Promise.all(
      repositories.map((repository) => allowWriter(this.#api, { repository, email }, patience))
    );
    const grant = { account, session, expires };
    const password = await keepTrying(() => this.#tokenFor(grant), isSettling, patience);
    for (const kind of kinds) {
      await keepTrying(() => this.#tryPush(account, kind, password), isRefusedPush, patience);
    }
    return { repository: this.repositoryOf(app), host: this.#host(), username, password };
  }

  /**
   * Tokens of Google can't be taken back one by one: the accounts of the app are put to sleep with all
   * of theirs, once none of those is to go on working.
   */
  async revoke(app: string, _: readonly string[], alive: readonly string[]): Promise<void> {
    if (alive.length > 0) return;
    await Promise.all(
      (['push', 'build'] as const).map((kind) =>
        disableAccount(this.#api, this.#account(app, kind))
      )
    );
  }

  async login(): Promise<{ readonly username: string; readonly password: string }> {
    return { username, password: await this.#api.token() };
  }

  async digest(app: string, tag: string): Promise<string | undefined> {
    const repository = repositoryName(this.#settings, app, 'images');
    const found = await this.#api.find(Tag, {
      url: `${this.#api.endpoints.artifactRegistry}/v1/${repository}/packages/${app}/tags/${encodeURIComponent(tag)}`,
      doing: `show tag ${tag} of ${repository}`,
    });
    return found?.version.split('/').at(-1);
  }

  async #tokenFor({ account, session, expires }: AccountGrant): Promise<string> {
    const left = Math.floor((expires - this.#clock()) / 1000);
    const { token } = await accessToken(
      {
        endpoint: this.#api.endpoints.iamCredentials,
        token: await this.#api.token(),
        account: emailOf(account),
        seconds: Math.max(1, Math.min(longest, left)),
        reason: `rackless grant ${session}`,
      },
      this.#api.sleep
    );
    return token;
  }

  /** A revocation that began before this grant may have put the account to sleep since. */
  async #tryPush(account: AppAccount, kind: RepositoryKind, password: string): Promise<void> {
    await ensureAccount(this.#api, account);
    const { registry: endpoint } = this.#api.endpoints;
    const image = imagePath(this.#settings, account.app, kind);
    await tryPush({ endpoint, image, username, password }, this.#api.sleep);
  }

  #patience(): Patience {
    return { until: this.#clock() + patience, clock: this.#clock, sleep: this.#api.sleep };
  }

  #account(app: string, kind: AccountKind): AppAccount {
    return { settings: this.#settings, app, kind };
  }

  #host(): string {
    return new URL(this.#api.endpoints.registry).host;
  }

  #address(app: string, kind: RepositoryKind): string {
    return `${this.#host()}/${imagePath(this.#settings, app, kind)}`;
  }
}
