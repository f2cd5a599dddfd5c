import { randomUUID } from 'node:crypto';
import type { MemoryStore } from '../../memory-store.ts';
import { type JsonObject, listAt, objectAt, without } from '../json.ts';

type Prepare = (object: JsonObject, store: MemoryStore) => JsonObject;

const requestsEqualLimits = (container: JsonObject): boolean => {
  const limits = objectAt(container, 'resources', 'limits');
  const requests = objectAt(container, 'resources', 'requests');
  return ['cpu', 'memory'].every((each) => each in limits && limits[each] === requests[each]);
};

const qualityOfService = (spec: JsonObject): string => {
  const containers = [...listAt(spec, 'containers'), ...listAt(spec, 'initContainers')];
  const asks = (each: JsonObject): boolean =>
    Object.keys(objectAt(each, 'resources', 'requests')).length > 0 ||
    Object.keys(objectAt(each, 'resources', 'limits')).length > 0;
  if (!containers.some(asks)) {
    return 'BestEffort';
  }
  return containers.every(requestsEqualLimits) ? 'Guaranteed' : 'Burstable';
};

const pod: Prepare = (object) => {
  const spec = objectAt(object, 'spec');
  return {
    ...object,
    spec: {
      serviceAccountName: 'default',
      serviceAccount: 'default',
      priority: 0,
      preemptionPolicy: 'PreemptLowerPriority',
      ...spec,
    },
    status: { phase: 'Pending', qosClass: qualityOfService(spec) },
  };
};

/** A Job finds its pods by its own uid, so the uid must be known before the Job is stored. */
const job: Prepare = (object) => {
  const spec = objectAt(object, 'spec');
  if (spec['manualSelector'] === true) {
    return { ...object, status: {} };
  }
  const uid = randomUUID();
  const metadata = objectAt(object, 'metadata');
  const template = objectAt(spec, 'template');
  const labels = {
    ...objectAt(template, 'metadata', 'labels'),
    'batch.kubernetes.io/controller-uid': uid,
    'batch.kubernetes.io/job-name': metadata['name'],
    'controller-uid': uid,
    'job-name': metadata['name'],
  };
  return {
    ...object,
    metadata: { ...metadata, uid },
    spec: {
      ...spec,
      selector: { matchLabels: { 'batch.kubernetes.io/controller-uid': uid } },
      template: { ...template, metadata: { ...objectAt(template, 'metadata'), labels } },
    },
    status: {},
  };
};

const freeClusterIp = (store: MemoryStore): string => {
  const taken = new Set(store.list('services').map(({ spec }) => objectAt(spec)['clusterIP']));
  for (let number = 2; ; number++) {
    const address = `10.96.${number >> 8}.${number & 255}`;
    if (!taken.has(address)) {
      return address;
    }
  }
};

const service: Prepare = (object, store) => {
  const spec = objectAt(object, 'spec');
  const status = { loadBalancer: {} };
  if (spec['type'] === 'ExternalName') {
    return { ...object, status };
  }
  const clusterIP = spec['clusterIP'] ?? freeClusterIp(store);
  return {
    ...object,
    spec: {
      ...spec,
      clusterIP,
      clusterIPs: [clusterIP],
      ipFamilies: ['IPv4'],
      ipFamilyPolicy: 'SingleStack',
    },
    status,
  };
};

const namespace: Prepare = (object) => ({
  ...object,
  spec: { finalizers: ['kubernetes'] },
  status: { phase: 'Active' },
});

const withEmptyStatus: Prepare = (object) => ({ ...object, status: {} });

const preparations: Readonly<Record<string, Prepare>> = {
  pods: pod,
  jobs: job,
  services: service,
  namespaces: namespace,
  deployments: withEmptyStatus,
  replicasets: (object) => ({ ...object, status: { replicas: 0 } }),
};

/** What the API server itself decides about a new object; nobody owns these fields. */
export const prepareCreate = (
  plural: string,
  object: JsonObject,
  store: MemoryStore
): JsonObject => {
  const { metadata } = object;
  const fresh = {
    ...object,
    metadata: without(objectAt(metadata), 'uid', 'resourceVersion', 'deletionTimestamp'),
  };
  return preparations[plural]?.(fresh, store) ?? fresh;
};
