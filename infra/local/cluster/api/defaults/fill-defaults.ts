import { type JsonObject, listAt, objectAt, without } from '../json.ts';
import { fillPodSpec, fillPodTemplate } from './pod-spec.ts';

type Fill = (object: JsonObject) => JsonObject;

const withSpec = (object: JsonObject, spec: JsonObject): JsonObject => ({ ...object, spec });

const fillStrategy = (strategy: JsonObject): JsonObject => {
  const filled: JsonObject = { type: 'RollingUpdate', ...strategy };
  return filled['type'] === 'RollingUpdate'
    ? {
        ...filled,
        rollingUpdate: {
          maxSurge: '25%',
          maxUnavailable: '25%',
          ...objectAt(filled, 'rollingUpdate'),
        },
      }
    : filled;
};

const deployment: Fill = (object) => {
  const spec = objectAt(object, 'spec');
  return withSpec(object, {
    replicas: 1,
    revisionHistoryLimit: 10,
    progressDeadlineSeconds: 600,
    ...spec,
    strategy: fillStrategy(objectAt(spec, 'strategy')),
    template: fillPodTemplate(objectAt(spec, 'template')),
  });
};

const replicaSet: Fill = (object) => {
  const spec = objectAt(object, 'spec');
  return withSpec(object, {
    replicas: 1,
    ...spec,
    template: fillPodTemplate(objectAt(spec, 'template')),
  });
};

const job: Fill = (object) => {
  const spec = objectAt(object, 'spec');
  const counted = 'parallelism' in spec ? {} : { completions: 1 };
  return withSpec(object, {
    ...counted,
    parallelism: 1,
    backoffLimit: 6,
    completionMode: 'NonIndexed',
    manualSelector: false,
    podReplacementPolicy: 'TerminatingOrFailed',
    suspend: false,
    ...spec,
    template: fillPodTemplate(objectAt(spec, 'template')),
  });
};

const servicePort: Fill = (port) => ({ protocol: 'TCP', targetPort: port['port'], ...port });

const service: Fill = (object) => {
  const spec = objectAt(object, 'spec');
  const routed = spec['type'] === 'ExternalName' ? {} : { internalTrafficPolicy: 'Cluster' };
  return withSpec(object, {
    type: 'ClusterIP',
    sessionAffinity: 'None',
    ...routed,
    ...spec,
    ...(spec['ports'] === undefined ? {} : { ports: listAt(spec, 'ports').map(servicePort) }),
  });
};

const base64 = (text: unknown): string => Buffer.from(String(text)).toString('base64');

/** `stringData` is for writing only: it ends up in `data`. */
const secret: Fill = (object) => {
  const typed: JsonObject = { type: 'Opaque', ...object };
  if (typed['stringData'] === undefined) {
    return typed;
  }
  const encoded = Object.entries(objectAt(typed, 'stringData')).map(([key, text]) => [
    key,
    base64(text),
  ]);
  return {
    ...without(typed, 'stringData'),
    data: { ...objectAt(typed, 'data'), ...Object.fromEntries(encoded) },
  };
};

const pod: Fill = (object) => {
  const spec = fillPodSpec(objectAt(object, 'spec'));
  return withSpec(object, { enableServiceLinks: true, ...spec });
};

const namespace: Fill = (object) => {
  const metadata = objectAt(object, 'metadata');
  const labels = {
    ...objectAt(metadata, 'labels'),
    'kubernetes.io/metadata.name': metadata['name'],
  };
  return { ...object, metadata: { ...metadata, labels } };
};

const fillers: Readonly<Record<string, Fill>> = {
  deployments: deployment,
  replicasets: replicaSet,
  jobs: job,
  services: service,
  secrets: secret,
  pods: pod,
  namespaces: namespace,
};

/** The object with the values that the API server fills in, which its writer then owns. */
export const fillDefaults = (plural: string, object: JsonObject): JsonObject =>
  fillers[plural]?.(object) ?? object;
