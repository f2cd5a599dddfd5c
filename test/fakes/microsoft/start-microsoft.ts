import type { AzureCloud } from '#adapters/azure/clouds.ts';
import { type Call, type Reply, serve } from '../aws-identity/http.ts';
import { FakeResourceManager } from './arm-server.ts';
import { Directory } from './directory.ts';
import { entra } from './entra.ts';
import { RegistryContent } from './registry-content.ts';
import { RegistryLogin, unauthorized } from './registry-login.ts';
import type { RegistryState } from './registry-state.ts';

const managerAudience = 'https://management.azure.com';
/** Azure Kubernetes Service AAD Server: the same in all tenants. */
export const aksServer = '6dae42f8-4368-4678-94ff-3960e28e3630';

export interface Microsoft {
  readonly cloud: AzureCloud;
  /** `http://127.0.0.1:PORT` of the registry. */
  readonly registryUrl: string;
  readonly directory: Directory;
  readonly registry: RegistryState;
  readonly manager: FakeResourceManager;
  readonly close: () => Promise<void>;
}

/** A tenant with one managed identity and one registry, as described in README.md beside. */
export const startMicrosoft = async (clock: () => number = Date.now): Promise<Microsoft> => {
  const directory = new Directory(clock);
  const registry: RegistryState = {
    resourceId:
      '/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rackless/providers/Microsoft.ContainerRegistry/registries/acme',
    resourceManager: '',
    scopeMaps: new Map(),
    tokens: new Map(),
  };
  const manager = new FakeResourceManager(directory, registry, managerAudience);
  const login = new RegistryLogin(directory, registry);
  const content = new RegistryContent(clock);
  const servers = [
    await serve(entra(directory, [managerAudience, login.audience, aksServer])),
    await serve((call) => manager.answer(call)),
    await serve((call) => registryAnswer(call, login, content)),
  ] as const;
  registry.resourceManager = servers[1].url;
  return {
    cloud: {
      authority: servers[0].url,
      assertionAudience: 'api://AzureADTokenExchange',
      resourceManager: servers[1].url,
      resourceManagerScope: `${managerAudience}/.default`,
    },
    registryUrl: servers[2].url,
    directory,
    registry,
    manager,
    close: async () => {
      await Promise.all(servers.map((it) => it.close()));
    },
  };
};

const registryAnswer = (call: Call, login: RegistryLogin, content: RegistryContent): Reply => {
  if (call.url.pathname.startsWith('/oauth2/')) return login.answer(call);
  const [, repository = '', rest = ''] =
    /^\/v2\/(.+?)\/((?:manifests|blobs)\/.*)$/.exec(call.url.pathname) ??
    /^\/acr\/v1\/(.+?)(\/_manifests)?$/.exec(call.url.pathname) ??
    [];
  const needed = neededFor(call.method, rest);
  if (!isAllowed(call, login, { repository, needed })) {
    return unauthorized(challenge(call.url.host, repository, needed));
  }
  return repository ? content.answer(call, repository, rest) : { status: 200, body: {} };
};

const neededFor = (method: string, rest: string): readonly string[] => {
  if (method === 'DELETE') return ['delete'];
  if (rest === '/_manifests') return ['metadata_read'];
  return method === 'GET' || method === 'HEAD' ? ['pull'] : ['pull', 'push'];
};

/** Whoever is logged in may ask whether the registry is there. */
const isAllowed = (
  { headers }: Call,
  login: RegistryLogin,
  { repository, needed }: { readonly repository: string; readonly needed: readonly string[] }
): boolean => {
  const access = login.accessOf((headers.authorization ?? '').replace(/^Bearer /, ''));
  if (!access || !repository) return access !== undefined;
  const actions = access.filter((it) => it.name === repository).flatMap((it) => it.actions);
  return needed.every((it) => actions.includes(it));
};

const challenge = (host: string, repository: string, needed: readonly string[]): string => {
  const scope = repository ? `,scope="repository:${repository}:${needed.join()}"` : '';
  return `Bearer realm="http://${host}/oauth2/token",service="${host}"${scope}`;
};
