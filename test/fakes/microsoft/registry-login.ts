import { randomBytes } from 'node:crypto';
import { type Call, fieldsOf, type Reply } from '../aws-identity/http.ts';
import { Directory } from './directory.ts';
import type { AcrToken, RegistryState } from './registry-state.ts';

export interface Access {
  readonly type: string;
  readonly name: string;
  readonly actions: readonly string[];
}

/** Seconds; from the claims of an access token that AAD-OAuth.md shows. */
const accessLifetime = 4500;
const refreshLifetime = 3 * 3600;

/** What a scope map's action lets do in the registry's own words. */
const allowedBy: Readonly<Record<string, string>> = {
  pull: 'content/read',
  push: 'content/write',
  delete: 'content/delete',
  metadata_read: 'metadata/read',
  metadata_write: 'metadata/write',
};

const pullAction = 'Microsoft.ContainerRegistry/registries/pull/read';

/** By the identity's roles: AcrPull reads metadata as well, AcrDelete deletes. */
const allowedByRole: Readonly<Record<string, string>> = {
  pull: pullAction,
  metadata_read: pullAction,
  delete: 'Microsoft.ContainerRegistry/registries/artifacts/delete',
};

/** `/oauth2/exchange` and `/oauth2/token` of a registry, and what its access tokens let do. */
export class RegistryLogin {
  readonly #directory: Directory;
  readonly #registry: RegistryState;
  /** Signs the registry's own tokens. */
  readonly #own: Directory;
  /** What the token was made for, by its text: the refresh tokens it gave. */
  readonly #access = new Map<string, readonly Access[]>();
  /** As after `az acr config authentication-as-arm update --status disabled`. */
  readonly audience = 'https://containerregistry.azure.net';

  constructor(directory: Directory, registry: RegistryState) {
    this.#directory = directory;
    this.#registry = registry;
    this.#own = new Directory(directory.clock);
  }

  /** The registry's name is that of the host that is asked. Only GET takes a name and a password. */
  answer(call: Call): Reply {
    if (call.url.pathname === '/oauth2/exchange') return this.#exchange(call);
    const fields = call.method === 'GET' ? queryOf(call) : fieldsOf(call);
    const scopes = scopesOf(call);
    if (fields['grant_type'] === 'refresh_token') {
      return this.#accessAsRack(fields['refresh_token'] ?? '', scopes);
    }
    if (call.method === 'GET') return this.#accessBy(basicOf(call), scopes);
    return { status: 400, body: { errors: [{ code: 'UNSUPPORTED', message: 'grant_type' }] } };
  }

  /** What an access token lets do with a repository; undefined when it is no token, or over. */
  accessOf(token: string): readonly Access[] | undefined {
    return this.#own.accepted(token) ? this.#access.get(token) : undefined;
  }

  #exchange(call: Call): Reply {
    const { grant_type, service, access_token = '' } = fieldsOf(call);
    if (grant_type !== 'access_token' || service !== call.url.host) return unauthorized();
    const claims = this.#directory.accepted(access_token);
    const mayPull = this.#directory.identity.actions.has(pullAction);
    if (claims?.['aud'] !== this.audience || !mayPull) return unauthorized();
    return { status: 200, body: { refresh_token: this.#token(refreshLifetime, []) } };
  }

  /** The rack may do what its roles say, and push nothing. */
  #accessAsRack(refreshToken: string, scopes: readonly Access[]): Reply {
    if (!this.accessOf(refreshToken)) return unauthorized();
    const roles = this.#directory.identity.actions;
    const mayDo = (action: string) => roles.has(allowedByRole[action] ?? '');
    const access = scopes.map((it) => ({ ...it, actions: it.actions.filter(mayDo) }));
    return { status: 200, body: { access_token: this.#token(accessLifetime, access) } };
  }

  /** Docker has but names and passwords: a name of zeros says that the password is a refresh token. */
  #accessBy(login: readonly [string, string], scopes: readonly Access[]): Reply {
    const isRefreshToken = login[0] === '00000000-0000-0000-0000-000000000000';
    return isRefreshToken
      ? this.#accessAsRack(login[1], scopes)
      : this.#accessAsToken(login, scopes);
  }

  #accessAsToken([name, password]: readonly [string, string], scopes: readonly Access[]): Reply {
    const token = this.#registry.tokens.get(name);
    if (token?.status !== 'enabled' || !this.#isPassword(token, password)) {
      return unauthorized();
    }
    const map = this.#registry.scopeMaps.get(token.scopeMapId.split('/').at(-1) ?? '');
    const access = scopes.map((it) => narrowed(it, map?.actions ?? []));
    return { status: 200, body: { access_token: this.#token(accessLifetime, access) } };
  }

  #isPassword({ passwords }: AcrToken, value: string): boolean {
    const now = this.#directory.clock();
    return passwords.some((it) => it.value === value && Date.parse(it.expiry) > now);
  }

  #token(lifetime: number, access: readonly Access[]): string {
    const text = this.#own.issue(randomBytes(8).toString('hex'), lifetime);
    this.#access.set(text, access);
    return text;
  }
}

const narrowed = (access: Access, allowed: readonly string[]): Access => ({
  ...access,
  actions: access.actions.filter((it) =>
    allowed.includes(`repositories/${access.name}/${allowedBy[it]}`)
  ),
});

const queryOf = ({ url }: Call): Readonly<Record<string, string>> =>
  Object.fromEntries(url.searchParams);

/** `repository:NAME:pull,push`, as often as it is given, or several with spaces between. */
const scopesOf = ({ method, url, body }: Call): readonly Access[] => {
  const fields = method === 'GET' ? url.searchParams : new URLSearchParams(body.toString());
  return fields
    .getAll('scope')
    .flatMap((it) => it.split(' '))
    .filter((it) => it !== '')
    .map((scope) => {
      const [type = '', name = '', actions = ''] = scope.split(':');
      return { type, name, actions: actions.split(',') };
    });
};

const basicOf = ({ headers }: Call): readonly [string, string] => {
  const text = (headers.authorization ?? '').replace(/^Basic /, '');
  const [name = '', ...rest] = Buffer.from(text, 'base64').toString().split(':');
  return [name, rest.join(':')];
};

export const unauthorized = (challenge?: string): Reply => ({
  status: 401,
  ...(challenge && { headers: { 'www-authenticate': challenge } }),
  body: {
    errors: [
      {
        code: 'UNAUTHORIZED',
        message:
          'authentication required, visit https://aka.ms/acr/authorization for more information.',
      },
    ],
  },
});
