import type { Policy } from '../apps/app.ts';
import { namespaceOf } from '../apps/app.ts';
import type { Environment } from '../environments/environment.ts';
import { InvalidRequestError } from '../errors.ts';
import type { KubernetesObject } from '../kubernetes/object.ts';
import type { Manifest, Service } from '../manifests/manifest.ts';
import { resolveEnvironment } from '../manifests/resolve-environment.ts';
import type { RegistryLogin } from '../registries/registry-login.ts';
import { serverOfImage } from '../registries/registry-login.ts';
import { fingerprint } from './canonical.ts';
import { type AppKey, appLabels } from './labels.ts';
import { marked, podTemplate } from './pod-template.ts';
import { hasReadiness } from './probes.ts';
import { pullSecret, serversOf } from './pull-secret.ts';
import type { Identity, RenderedRelease, RenderedService } from './rendered-release.ts';
import { identityVariables } from './secret-values.ts';
import { podSecurityLabels } from './security-context.ts';
import { deploymentObject, secretObject, serviceObject } from './service-objects.ts';
import { verdictSettings } from './verdict-settings.ts';

export interface RenderInput extends AppKey {
  readonly policy: Policy;
  readonly manifest: Manifest;
  /** The release's environment. */
  readonly env: Environment;
  /** Service to `HOST/REPOSITORY@sha256:…`. */
  readonly images: Readonly<Record<string, string>>;
  /** Of the registries that were added to the rack. */
  readonly logins: readonly RegistryLogin[];
  readonly identity: Identity;
  /** The app's own key for fingerprints. */
  readonly key: Uint8Array;
  /** What is active now: a service that has not changed keeps its pods and their identity. */
  readonly previous: RenderedRelease | undefined;
}

/**
 * The objects of a release, in the order of creation. Labels of the promotion are added when they
 * are written. Equal input gives equal output.
 * @throws InvalidRequestError when a service has no image or lacks required variables.
 */
export const render = (input: RenderInput): RenderedRelease => {
  const rendered = input.manifest.services.map((service) => renderService(service, input));
  return {
    release: input.identity.release,
    services: rendered.map((it) => it.service),
    objects: [
      namespaceObject(input),
      ...pullSecretsOf(input),
      ...rendered.flatMap((it) => it.objects),
    ],
  };
};

/** None for apps whose images are all the nodes' own to pull. */
const pullSecretsOf = (input: RenderInput): readonly KubernetesObject[] => {
  const servers = serversOf(input.manifest.services.map((it) => imageOf(it, input)));
  const logins = input.logins.filter((it) => servers.has(it.server));
  const namespace = namespaceOf(input.rack, input.app);
  return logins.length > 0 ? [pullSecret({ ...input, namespace }, logins)] : [];
};

const needsLogin = (image: string, { logins }: RenderInput): boolean =>
  logins.some((it) => it.server === serverOfImage(image));

const namespaceObject = (input: RenderInput): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: {
    name: namespaceOf(input.rack, input.app),
    labels: { ...appLabels(input), ...podSecurityLabels(input.policy) },
  },
});

const renderService = (service: Service, input: RenderInput) => {
  const plan = planService(service, input);
  const target = { ...input, namespace: namespaceOf(input.rack, input.app), service };
  return {
    service: plan.rendered,
    objects: [
      secretObject(target, plan.rendered.secret, plan.values),
      ...(service.port ? [serviceObject(target, service.port)] : []),
      deploymentObject(target, plan.pod, plan.rendered),
    ],
  };
};

/** Decides whether the service's processes stay, and names what they need. */
const planService = (service: Service, input: RenderInput) => {
  const image = imageOf(service, input);
  const pullsByLogin = needsLogin(image, input);
  const template = podTemplate({ ...input, service, image, pullsByLogin });
  const env = environmentOf(service, input);
  const print = fingerprint(input.key, { template, env });
  const last = input.previous?.services.find((it) => it.name === service.name);
  const identity = last?.fingerprint === print ? last.identity : input.identity;
  const values = { ...identityVariables(identity, service, input), ...env };
  const secret = `env-${service.name}-${short(fingerprint(input.key, values))}`;
  const stays = last?.fingerprint === print && last.secret === secret ? last : undefined;
  const mark = stays?.template ?? short(fingerprint(input.key, { print, secret }));
  const rendered: RenderedService = {
    name: service.name,
    fingerprint: print,
    identity,
    secret,
    template: mark,
    count: service.scale.min,
    hasReadiness: hasReadiness(service),
    policy: verdictSettings(service),
  };
  const pod =
    (stays && previousTemplate(service.name, input)) ??
    marked(template, { release: identity.release, mark, secret });
  return { rendered, values, pod };
};

const short = (hash: string): string => hash.slice(0, 12);

/** Sent again word for word, so that a newer renderer restarts nothing by itself. */
const previousTemplate = (service: string, { previous }: RenderInput): unknown => {
  const deployment = previous?.objects.find(
    (it) => it.kind === 'Deployment' && it.metadata.name === service
  );
  return (deployment?.['spec'] as { template?: unknown } | undefined)?.template;
};

const imageOf = (service: Service, { images, identity }: RenderInput): string => {
  const image = images[service.name];
  if (image) return image;
  throw new InvalidRequestError(
    `release ${identity.release} has no image for service ${service.name}`,
    { hint: 'build the app again' }
  );
};

const environmentOf = (service: Service, input: RenderInput): Environment => {
  const { values, missing } = resolveEnvironment(service, input.env);
  if (missing.length === 0) return values;
  throw new InvalidRequestError(`required env: ${missing.join(', ')}`, {
    hint: 'set them, then promote the release that comes out of it',
  });
};
