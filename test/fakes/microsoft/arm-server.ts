import { randomBytes, randomUUID } from 'node:crypto';
import type { Call, Reply } from '../aws-identity/http.ts';
import type { Directory } from './directory.ts';
import type { AcrToken, RegistryState, ScopeMap } from './registry-state.ts';

type Kind = 'scopeMaps' | 'tokens';

const namespace = 'Microsoft.ContainerRegistry/registries';

/** How many further looks a change takes in a slow cloud. */
const looks = 2;

/** The part of Azure Resource Manager that is about one registry's scope maps and tokens. */
export class FakeResourceManager {
  readonly #directory: Directory;
  readonly #registry: RegistryState;
  /** What its own tokens are made out to. */
  readonly #audience: string;
  readonly #running = new Map<string, { looks: number; result: unknown }>();
  readonly #deleting = new Map<string, number>();
  /** Changes take a while: 201 and 202 instead of 200. */
  isSlow = false;
  /** Statuses to answer with instead, one request each; as when it is overloaded. */
  readonly troubles: number[] = [];

  constructor(directory: Directory, registry: RegistryState, audience: string) {
    this.#directory = directory;
    this.#registry = registry;
    this.#audience = audience;
  }

  answer(call: Call): Reply {
    const trouble = this.troubles.shift();
    if (trouble)
      return {
        ...failure(trouble, 'TooManyRequests', 'too many'),
        headers: { 'retry-after': '0' },
      };
    return this.#refusedToken(call) ?? this.#route(call);
  }

  #refusedToken({ headers, url }: Call): Reply | undefined {
    const claims = this.#directory.accepted((headers.authorization ?? '').replace(/^Bearer /, ''));
    if (!claims) {
      return failure(401, 'InvalidAuthenticationToken', 'The access token is invalid.');
    }
    if (claims['aud'] !== this.#audience) {
      const message = `The access token has been obtained for wrong audience or resource '${claims['aud']}'. It should exactly match with one of the allowed audiences '${this.#audience}'.`;
      return failure(401, 'InvalidAuthenticationTokenAudience', message);
    }
    if (url.searchParams.get('api-version')) return undefined;
    return failure(
      400,
      'MissingApiVersionParameter',
      'The api-version query parameter (?api-version=) is required for all requests.'
    );
  }

  #route(call: Call): Reply {
    const { pathname } = call.url;
    const operation = this.#running.get(pathname);
    if (operation) return this.#poll(pathname, operation);
    const id = this.#registry.resourceId;
    if (!pathname.toLowerCase().startsWith(`${id.toLowerCase()}/`)) {
      const message = `The Resource '${pathname}' was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix`;
      return failure(404, 'ResourceNotFound', message);
    }
    const [kind = '', name = ''] = pathname.slice(id.length + 1).split('/');
    if (kind === 'generateCredentials') {
      return this.#may('generateCredentials/action') ?? this.#generate(call);
    }
    return this.#resource(call, kind as Kind, name);
  }

  #resource(call: Call, kind: Kind, name: string): Reply {
    const verb = { GET: 'read', PUT: 'write', DELETE: 'delete' }[call.method] ?? 'write';
    const refused = this.#may(`${kind}/${verb}`);
    if (refused) return refused;
    if (call.method === 'PUT') return this.#put(call, kind, name);
    if (call.method === 'DELETE') return this.#delete(kind, name);
    return name ? this.#get(kind, name) : this.#list(kind, call.url);
  }

  #may(action: string): Reply | undefined {
    const { identity } = this.#directory;
    if (identity.actions.has(`${namespace}/${action}`)) return undefined;
    const message = `The client '${identity.client}' with object id '${identity.object}' does not have authorization to perform action '${namespace}/${action}' over scope '${this.#registry.resourceId}' or the scope is invalid. If access was recently granted, please refresh your credentials.`;
    return failure(403, 'AuthorizationFailed', message);
  }

  #put({ body }: Call, kind: Kind, name: string): Reply {
    const { properties } = JSON.parse(body.toString()) as { properties: ScopeMap & AcrToken };
    const wrong = this.#wrong(kind, name, properties);
    if (wrong) return wrong;
    if (kind === 'scopeMaps') this.#registry.scopeMaps.set(name, { actions: properties.actions });
    else this.#putToken(name, properties);
    if (this.isSlow) this.#running.set(`${kind}/${name}`, { looks, result: undefined });
    return { status: this.isSlow ? 201 : 200, body: this.#show(kind, name) };
  }

  #putToken(name: string, { scopeMapId, status }: AcrToken): void {
    const passwords = this.#registry.tokens.get(name)?.passwords ?? [];
    this.#registry.tokens.set(name, { scopeMapId, status: status ?? 'enabled', passwords });
  }

  #wrong(
    kind: Kind,
    name: string,
    { actions, scopeMapId }: ScopeMap & AcrToken
  ): Reply | undefined {
    if (!/^[a-zA-Z0-9-]{5,50}$/.test(name)) {
      return failure(
        400,
        'InvalidResourceName',
        `The name '${name}' is not 5 to 50 characters of a-z, A-Z, 0-9 and -.`
      );
    }
    if (kind === 'scopeMaps') {
      const isAction = (it: string) =>
        /^repositories\/[a-z0-9._/-]+\/(content\/(read|write|delete)|metadata\/(read|write))$/.test(
          it
        );
      return actions?.every(isAction)
        ? undefined
        : failure(400, 'InvalidScopeMapAction', 'an action is not valid');
    }
    if (this.#registry.scopeMaps.has(scopeMapId?.split('/').at(-1) ?? '')) return undefined;
    return failure(400, 'ScopeMapNotFound', `The scope map ${scopeMapId} was not found.`);
  }

  #get(kind: Kind, name: string): Reply {
    const gone = this.#deleting.get(`${kind}/${name}`);
    if (gone !== undefined) this.#deleting.set(`${kind}/${name}`, gone - 1);
    if (gone === 0) {
      this.#deleting.delete(`${kind}/${name}`);
      this.#registry[kind].delete(name);
    }
    if (!this.#registry[kind].has(name))
      return failure(404, 'ResourceNotFound', `${kind}/${name} was not found.`);
    const running = this.#running.get(`${kind}/${name}`);
    if (running && --running.looks <= 0) this.#running.delete(`${kind}/${name}`);
    return { status: 200, body: this.#show(kind, name) };
  }

  /** One resource a page: whoever reads only the first page misses the others. */
  #list(kind: Kind, url: URL): Reply {
    const at = Number(url.searchParams.get('$skiptoken') ?? 0);
    const names = [...this.#registry[kind].keys()];
    const value = names.slice(at, at + 1).map((it) => this.#show(kind, it));
    const nextLink = `${this.#registry.resourceManager}${url.pathname}?api-version=${url.searchParams.get('api-version')}&$skiptoken=${at + 1}`;
    return { status: 200, body: { value, ...(at + 1 < names.length && { nextLink }) } };
  }

  #delete(kind: Kind, name: string): Reply {
    if (!this.#registry[kind].has(name)) return { status: 204 };
    if (this.isSlow) {
      this.#deleting.set(`${kind}/${name}`, looks);
      return { status: 202, headers: { location: this.#location(undefined) } };
    }
    this.#registry[kind].delete(name);
    return { status: 200 };
  }

  #generate({ body }: Call): Reply {
    const {
      tokenId = '',
      expiry = '',
      name = '',
    } = JSON.parse(body.toString()) as Record<string, string>;
    const token = this.#registry.tokens.get(tokenId.split('/').at(-1) ?? '');
    if (!token) return failure(404, 'TokenNotFound', `The token ${tokenId} was not found.`);
    if (Date.parse(expiry) <= this.#directory.clock()) {
      return failure(400, 'InvalidExpiry', 'The expiry is in the past.');
    }
    const password = { name, expiry, value: randomBytes(24).toString('base64') };
    token.passwords = [...token.passwords.filter((it) => it.name !== name), password];
    const result = { username: tokenId.split('/').at(-1), passwords: [password] };
    if (!this.isSlow) return { status: 200, body: result };
    return { status: 202, headers: { location: this.#location(result), 'retry-after': '0' } };
  }

  #location(result: unknown): string {
    const subscription = this.#registry.resourceId.split('/').slice(0, 3).join('/');
    const path = `${subscription}/providers/Microsoft.ContainerRegistry/locations/WESTEUROPE/operationResults/registries-${randomUUID()}`;
    this.#running.set(path, { looks, result });
    return `${this.#registry.resourceManager}${path}?api-version=2023-07-01`;
  }

  #poll(path: string, operation: { looks: number; result: unknown }): Reply {
    if (--operation.looks > 0) {
      const location = `${this.#registry.resourceManager}${path}?api-version=2023-07-01`;
      return { status: 202, headers: { location } };
    }
    this.#running.delete(path);
    return operation.result ? { status: 200, body: operation.result } : { status: 204 };
  }

  /** Passwords are never shown again. */
  #show(kind: Kind, name: string): object {
    const provisioningState = this.#running.has(`${kind}/${name}`) ? 'Creating' : 'Succeeded';
    const { passwords, ...fields } = this.#registry[kind].get(name) as ScopeMap & AcrToken;
    const credentials = passwords && { passwords: passwords.map(({ value: _, ...it }) => it) };
    const properties = { ...fields, ...(credentials && { credentials }), provisioningState };
    const id = `${this.#registry.resourceId}/${kind}/${name}`;
    return { id, name, type: `${namespace}/${kind}`, properties };
  }
}

const failure = (status: number, code: string, message: string): Reply => ({
  status,
  body: { error: { code, message } },
});
