import type { KubernetesObject } from '../kubernetes/object.ts';
import { secretData } from '../kubernetes/secret-data.ts';
import { dockerConfig, type RegistryLogin, serverOfImage } from '../registries/registry-login.ts';
import { type AppKey, appLabels } from './labels.ts';

/** Holds what the nodes need to pull the app's images from registries that were added to the rack. */
export const pullSecretName = 'rackless-registries';

/**
 * Under one name, whatever is in it: a new password must start no process anew, and a rollback needs
 * the password of today, not that of the release.
 */
export const pullSecret = (
  key: AppKey & { readonly namespace: string },
  logins: readonly RegistryLogin[]
): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: {
    name: pullSecretName,
    namespace: key.namespace,
    labels: { ...appLabels(key), type: 'registries' },
  },
  type: 'kubernetes.io/dockerconfigjson',
  stringData: pullSecretValues(logins),
});

export const pullSecretValues = (logins: readonly RegistryLogin[]) => ({
  '.dockerconfigjson': dockerConfig(logins),
});

export const isPullSecret = ({ kind, metadata: { name } }: KubernetesObject): boolean =>
  kind === 'Secret' && name === pullSecretName;

/** Those that some images come from. */
export const serversOf = (images: readonly string[]): ReadonlySet<string> =>
  new Set(images.map(serverOfImage));

/** The images that a rendered release starts. */
export const imagesIn = (objects: readonly KubernetesObject[]): readonly string[] =>
  objects.flatMap((it) => {
    const spec = it.kind === 'Deployment' ? (it['spec'] as DeploymentSpec) : undefined;
    return (spec?.template?.spec?.containers ?? []).map(({ image }) => image);
  });

interface DeploymentSpec {
  readonly template?: { readonly spec?: { readonly containers?: readonly { image: string }[] } };
}

/**
 * What brings a pull Secret that is there up to date; undefined when nothing is known of its
 * registries any more: then what is there is the best there is.
 */
export const pullSecretPatch = (object: KubernetesObject): object | undefined => {
  const values = object['stringData'] as ReturnType<typeof pullSecretValues> | undefined;
  const config = values?.['.dockerconfigjson'];
  if (!config || config === dockerConfig([])) return undefined;
  return { data: { '.dockerconfigjson': secretData(config) } };
};
