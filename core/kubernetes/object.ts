/** What rackless reads and writes of any Kubernetes object. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMeta;
  readonly [field: string]: unknown;
}

export interface ObjectMeta {
  readonly name: string;
  readonly namespace?: string | undefined;
  readonly uid?: string | undefined;
  readonly resourceVersion?: string | undefined;
  readonly generation?: number | undefined;
  readonly creationTimestamp?: string | undefined;
  readonly deletionTimestamp?: string | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
  readonly annotations?: Readonly<Record<string, string>> | undefined;
  readonly managedFields?: readonly ManagedFields[] | undefined;
}

/** One entry of `metadata.managedFields`; `fieldsV1` is the set of owned fields as nested keys. */
export interface ManagedFields {
  readonly manager?: string;
  readonly operation?: string;
  readonly subresource?: string;
  readonly apiVersion?: string;
  readonly fieldsType?: string;
  readonly fieldsV1?: unknown;
  readonly time?: string;
}

/** The kinds that rackless writes, and where their API stands. */
const resources: Readonly<Record<string, { prefix: string; plural: string; namespaced: boolean }>> =
  {
    Namespace: { prefix: '/api/v1', plural: 'namespaces', namespaced: false },
    Secret: { prefix: '/api/v1', plural: 'secrets', namespaced: true },
    ConfigMap: { prefix: '/api/v1', plural: 'configmaps', namespaced: true },
    Service: { prefix: '/api/v1', plural: 'services', namespaced: true },
    Pod: { prefix: '/api/v1', plural: 'pods', namespaced: true },
    Event: { prefix: '/api/v1', plural: 'events', namespaced: true },
    Node: { prefix: '/api/v1', plural: 'nodes', namespaced: false },
    Deployment: { prefix: '/apis/apps/v1', plural: 'deployments', namespaced: true },
    ReplicaSet: { prefix: '/apis/apps/v1', plural: 'replicasets', namespaced: true },
    Job: { prefix: '/apis/batch/v1', plural: 'jobs', namespaced: true },
    Ingress: { prefix: '/apis/networking.k8s.io/v1', plural: 'ingresses', namespaced: true },
  };

/** The path of a collection, such as `/apis/apps/v1/namespaces/rack-shop/deployments`. */
export const collectionPath = (kind: string, namespace: string | undefined): string => {
  const resource = resources[kind];
  if (!resource) throw new Error(`no API path is known for kind ${kind}`);
  const scope = resource.namespaced && namespace ? `/namespaces/${namespace}` : '';
  return `${resource.prefix}${scope}/${resource.plural}`;
};

export const objectPath = (kind: string, namespace: string | undefined, name: string): string =>
  `${collectionPath(kind, namespace)}/${encodeURIComponent(name)}`;

/** `Deployment/web`: how messages and maps name an object. */
export const objectKey = ({ kind, metadata }: KubernetesObject): string =>
  `${kind}/${metadata.name}`;
