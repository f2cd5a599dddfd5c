import type { Policy } from '../apps/app.ts';
import type { Service } from '../manifests/manifest.ts';
import { type AppKey, annotations, serviceLabels } from './labels.ts';
import { probes } from './probes.ts';
import { pullSecretName } from './pull-secret.ts';
import { securityContext } from './security-context.ts';
import { splitCommand } from './split-command.ts';

/**
 * Seconds between "no new requests, please" and SIGTERM: endpoints need that long to reach every
 * node. The `sleep` action needs no program in the image (Kubernetes 1.30 and later).
 */
const leaveSeconds = 3;

export interface TemplateInput extends AppKey {
  readonly service: Service;
  readonly image: string;
  readonly policy: Policy;
  /** The image comes from a registry that was added to the rack. */
  readonly pullsByLogin: boolean;
}

/** A service's pod template without what changes by itself: identity, Secret name, mark. */
export const podTemplate = (input: TemplateInput) => ({
  metadata: {
    labels: { ...input.service.labels, ...serviceLabels(input, input.service.name) },
    annotations: { ...input.service.annotations },
  },
  spec: {
    automountServiceAccountToken: false,
    terminationGracePeriodSeconds: gracePeriod(input.service),
    ...(input.pullsByLogin && { imagePullSecrets: [{ name: pullSecretName }] }),
    containers: [container(input)],
  },
});

export type PodTemplate = ReturnType<typeof podTemplate>;

/** The finished template: pods of different templates can be told apart by its mark. */
export const marked = (
  template: PodTemplate,
  { release, mark, secret }: { release: string; mark: string; secret: string }
) => ({
  metadata: {
    ...template.metadata,
    annotations: {
      ...template.metadata.annotations,
      [annotations.release]: release,
      [annotations.template]: mark,
    },
  },
  spec: {
    ...template.spec,
    containers: template.spec.containers.map((it) => ({
      ...it,
      envFrom: [{ secretRef: { name: secret } }],
    })),
  },
});

/** The hook's time counts against it, and a sleep longer than all of it is refused. */
const gracePeriod = ({ port, termination }: Service): number =>
  termination.grace + (port ? leaveSeconds : 0);

const container = ({ app, service, image, policy }: TemplateInput) => ({
  name: app,
  image,
  ...(service.command && { args: splitCommand(service.command) }),
  env: [{ name: 'INSTANCE_IP', valueFrom: { fieldRef: { fieldPath: 'status.hostIP' } } }],
  ...(service.port && {
    ports: [{ name: 'main', containerPort: service.port.port, protocol: 'TCP' }],
    lifecycle: { preStop: { sleep: { seconds: leaveSeconds } } },
  }),
  resources: resources(service),
  securityContext: securityContext(service, policy),
  ...probes(service),
});

const resources = ({ scale }: Service) => ({
  requests: {
    ...(scale.cpu > 0 && { cpu: `${scale.cpu}m` }),
    ...(scale.memory > 0 && { memory: `${scale.memory}Mi` }),
  },
  limits: {
    ...(scale.limit.cpu && { cpu: `${scale.limit.cpu}m` }),
    ...((scale.limit.memory ?? scale.memory) > 0 && {
      memory: `${scale.limit.memory ?? scale.memory}Mi`,
    }),
  },
});
