import type { Environment } from '../environments/environment.ts';
import type { KubernetesObject } from '../kubernetes/object.ts';
import type { Manifest, Service } from '../manifests/manifest.ts';
import { resolveEnvironment } from '../manifests/resolve-environment.ts';
import type { RegistryLogin } from '../registries/registry-login.ts';
import type { AppKey } from './labels.ts';
import { pullSecretName, pullSecretValues } from './pull-secret.ts';
import type { Identity, RenderedRelease } from './rendered-release.ts';

/** Convox's variables, lowest in order: the app's own win. No RACK_URL: it is a credential. */
export const identityVariables = (
  identity: Identity,
  service: Service,
  key: AppKey
): Environment => ({
  RACK: key.rack,
  APP: key.app,
  RELEASE: identity.release,
  BUILD: identity.build,
  BUILD_DESCRIPTION: identity.buildDescription,
  BUILD_GIT_SHA: identity.gitSha,
  SERVICE: service.name,
  ...(service.port && { PORT: String(service.port.port) }),
});

interface Values extends AppKey {
  /** Of the release that was rendered. */
  readonly manifest: Manifest;
  readonly env: Environment;
  /** As they are today, and none for a registry that was removed. */
  readonly logins: readonly RegistryLogin[];
}

/**
 * The stored form of a release with the values of its Secrets again. Everything else stays word for
 * word, whatever policy or renderer is in force by now.
 */
export const withValues = (rendered: RenderedRelease, values: Values): RenderedRelease => {
  const known = new Map<string, Environment>(
    rendered.services.flatMap(({ name, secret, identity }) => {
      const service = values.manifest.services.find((it) => it.name === name);
      if (!service) return [];
      const env = resolveEnvironment(service, values.env).values;
      return [[secret, { ...identityVariables(identity, service, values), ...env }] as const];
    })
  );
  known.set(pullSecretName, pullSecretValues(values.logins));
  return { ...rendered, objects: rendered.objects.map((it) => filled(it, known)) };
};

const filled = (
  object: KubernetesObject,
  known: ReadonlyMap<string, Environment>
): KubernetesObject => {
  const stringData = object.kind === 'Secret' ? known.get(object.metadata.name) : undefined;
  return stringData ? { ...object, stringData } : object;
};
