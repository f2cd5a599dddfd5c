import type { KubernetesObject } from '../kubernetes/object.ts';
import { secretText } from '../kubernetes/secret-data.ts';
import {
  buildLabels,
  buildNamespace,
  pushSecretName,
  repositoryAnnotation,
} from './build-objects.ts';
import type { JobPlan } from './build-plan.ts';
import {
  argVariable,
  builderScript,
  daemonConfig,
  secretPrefix,
  secretVariable,
} from './builder-script.ts';
import { contextContainer, contextKey, workspace } from './context-container.ts';
import type { BuilderSettings, JobInput } from './job-input.ts';

export const jobName = (build: string, number: number): string =>
  `${build.toLowerCase()}-${number}`;

/** Containers of a build's pod. */
export const containers = { context: 'context', builder: 'build' } as const;

/** Long enough to read the log and the digest of a build whose watcher was away. */
const keptSeconds = 3600;

const push = '/push';

/** Address of the source and values of arguments and secrets: nothing of it stands in a command or a log. */
export const jobSecret = (input: JobInput): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: metadataOf(input),
  type: 'Opaque',
  stringData: {
    [contextKey]: input.contextUrl,
    ...Object.fromEntries(input.args.map(({ value }, index) => [argVariable(index), value])),
    ...Object.fromEntries(input.secrets.map(({ value }, index) => [secretVariable(index), value])),
  },
});

/** What a Job's Secret, as the cluster gives it, holds of secrets for the Dockerfile. */
export const secretValues = (secret: KubernetesObject | undefined): readonly string[] =>
  Object.entries((secret?.['data'] ?? {}) as Readonly<Record<string, string>>)
    .filter(([key]) => key.startsWith(secretPrefix))
    .map(([, value]) => secretText(value));

export const jobObject = (input: JobInput): KubernetesObject => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: metadataOf(input),
  spec: {
    backoffLimit: 0,
    activeDeadlineSeconds: input.settings.deadline,
    ttlSecondsAfterFinished: keptSeconds,
    template: { metadata: { labels: metadataOf(input).labels }, spec: podSpec(input) },
  },
});

const metadataOf = (input: JobInput) => ({
  name: jobName(input.id, input.plan.number),
  namespace: buildNamespace(input.rack),
  labels: {
    ...buildLabels(input),
    service: input.plan.services[0] ?? '',
    job: jobName(input.id, input.plan.number),
  },
  annotations: { [repositoryAnnotation]: input.repository },
});

const podSpec = (input: JobInput): object => ({
  restartPolicy: 'Never',
  // There is nothing to finish in a build that is given up.
  terminationGracePeriodSeconds: 2,
  automountServiceAccountToken: false,
  enableServiceLinks: false,
  nodeSelector: input.settings.nodeSelector,
  tolerations: input.settings.tolerations,
  ...(input.settings.mode === 'rootless' && { securityContext: { fsGroup: builderUser } }),
  ...(hasSource(input.plan) && { initContainers: [sourceContainer(input)] }),
  containers: [builderContainer(input)],
  volumes: [
    { name: 'workspace', emptyDir: {} },
    {
      name: 'push',
      secret: {
        secretName: pushSecretName(input.id),
        items: [{ key: '.dockerconfigjson', path: 'config.json' }],
      },
    },
  ],
});

/** What is copied comes from a registry. */
export const hasSource = ({ kind }: JobPlan): boolean => kind !== 'copy';

const sourceContainer = ({ settings, id, plan }: JobInput): object =>
  contextContainer({
    name: containers.context,
    image: settings.image,
    secret: jobName(id, plan.number),
    securityContext: securityContext(settings),
  });

const workspaceMount = { name: 'workspace', mountPath: workspace };

const builderContainer = (input: JobInput): object => ({
  name: containers.builder,
  image: input.settings.image,
  command: ['sh', '-c'],
  args: [builderScript(input)],
  env: [
    { name: 'DOCKER_CONFIG', value: push },
    { name: 'BUILDKITD_FLAGS', value: daemonFlags(input.settings) },
    ...input.args.map((_, index) => fromSecret(input, argVariable(index))),
    ...input.secrets.map((_, index) => fromSecret(input, secretVariable(index))),
  ],
  volumeMounts: [workspaceMount, { name: 'push', mountPath: push, readOnly: true }],
  resources: {
    requests: { cpu: input.settings.cpu, memory: input.settings.memory },
    limits: { memory: input.settings.memory },
  },
  securityContext: securityContext(input.settings),
});

/** The user of BuildKit's rootless images. */
const builderUser = 1000;

/** Rootless BuildKit mounts and makes namespaces, which the default profiles forbid. */
const securityContext = ({ mode }: BuilderSettings): object =>
  mode === 'privileged'
    ? { privileged: true }
    : {
        runAsUser: builderUser,
        runAsGroup: builderUser,
        seccompProfile: { type: 'Unconfined' },
        appArmorProfile: { type: 'Unconfined' },
      };

/** Without a process sandbox of its own, because a pod may not mount /proc again. */
const daemonFlags = ({ mode, insecureRegistries }: BuilderSettings): string =>
  [
    ...(mode === 'rootless' ? ['--oci-worker-no-process-sandbox'] : []),
    ...(insecureRegistries.length > 0 ? [`--config=${daemonConfig}`] : []),
  ].join(' ');

const fromSecret = (input: JobInput, key: string): object => ({
  name: key,
  valueFrom: { secretKeyRef: { name: jobName(input.id, input.plan.number), key } },
});
