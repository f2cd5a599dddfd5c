import type { KubernetesObject } from '../kubernetes/object.ts';
import type { Cluster } from '../kubernetes/ports.ts';
import { secretData, secretText } from '../kubernetes/secret-data.ts';
import type { RegistryLogin } from '../registries/registry-login.ts';
import { type BuildKey, buildLabels, buildNamespace } from './build-objects.ts';

export const sourceSecretName = (build: string): string => `source-${build.toLowerCase()}`;

/** The login for the registry of an imported image, until it is among those of the build's pods. */
export const sourceSecret = (key: BuildKey, login: RegistryLogin): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: {
    name: sourceSecretName(key.id),
    namespace: buildNamespace(key.rack),
    labels: buildLabels(key),
  },
  type: 'Opaque',
  data: {
    server: secretData(login.server),
    username: secretData(login.username),
    password: secretData(login.password),
  },
});

export interface SourceLoginDependencies {
  readonly rack: string;
  readonly cluster: Pick<Cluster, 'get'>;
}

interface Importing {
  readonly id: string;
  readonly imported?: string;
}

/** That login, if the build was given one. */
export const sourceLogin = async (
  deps: SourceLoginDependencies,
  build: Importing
): Promise<RegistryLogin | undefined> => {
  const secret = await findSecret(deps, build);
  if (!secret) return undefined;
  const data = secret['data'] as Readonly<Record<string, string>>;
  const text = (key: string): string => secretText(data[key] ?? '');
  return { server: text('server'), username: text('username'), password: text('password') };
};

export const removeSourceLogin = async (
  { rack, cluster }: SourceLoginDependencies & { readonly cluster: Pick<Cluster, 'remove'> },
  build: Importing
): Promise<void> => {
  const secret = await findSecret({ rack, cluster }, build);
  if (secret) await cluster.remove(secret);
};

const findSecret = async (
  { rack, cluster }: SourceLoginDependencies,
  { id, imported }: Importing
): Promise<KubernetesObject | undefined> =>
  imported ? cluster.get('Secret', buildNamespace(rack), sourceSecretName(id)) : undefined;
