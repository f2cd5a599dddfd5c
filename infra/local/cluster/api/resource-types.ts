import { apiVersionOf, type ResourceType } from './resource-type.ts';

type Names = readonly [plural: string, kind: string, shortNames?: string];

interface Traits {
  readonly namespaced?: boolean;
  readonly active?: boolean;
  readonly subresources?: readonly string[];
  readonly model?: string;
}

const inGroup =
  (group: string, version: string) =>
  ([plural, kind, shortNames]: Names, traits: Traits = {}): ResourceType => ({
    group,
    version,
    plural,
    singular: kind.toLowerCase(),
    kind,
    shortNames: shortNames?.split(' ') ?? [],
    namespaced: traits.namespaced ?? true,
    active: traits.active ?? false,
    subresources: traits.subresources ?? [],
    model: traits.model ?? `V${version.slice(1)}${kind}`,
  });

const core = inGroup('', 'v1');
const apps = inGroup('apps', 'v1');
const batch = inGroup('batch', 'v1');
const networking = inGroup('networking.k8s.io', 'v1');
const rbac = inGroup('rbac.authorization.k8s.io', 'v1');
const admission = inGroup('admissionregistration.k8s.io', 'v1');

const active = { active: true };
const clusterWide = { namespaced: false };
const withStatus = { subresources: ['status'] };

/** The kinds that something in this cluster acts on, or that are data for those. */
const activeTypes: readonly ResourceType[] = [
  core(['configmaps', 'ConfigMap', 'cm'], active),
  core(['endpoints', 'Endpoints', 'ep'], active),
  core(['events', 'Event', 'ev'], { ...active, model: 'CoreV1Event' }),
  core(['namespaces', 'Namespace', 'ns'], {
    ...active,
    ...clusterWide,
    subresources: ['status', 'finalize'],
  }),
  core(['nodes', 'Node', 'no'], { ...active, ...clusterWide, ...withStatus }),
  core(['pods', 'Pod', 'po'], {
    ...active,
    subresources: ['status', 'log', 'binding', 'eviction'],
  }),
  core(['secrets', 'Secret'], active),
  core(['serviceaccounts', 'ServiceAccount', 'sa'], active),
  core(['services', 'Service', 'svc'], { ...active, ...withStatus }),
  core(['resourcequotas', 'ResourceQuota', 'quota'], { ...active, ...withStatus }),
  apps(['deployments', 'Deployment', 'deploy'], { ...active, subresources: ['status', 'scale'] }),
  apps(['replicasets', 'ReplicaSet', 'rs'], { ...active, subresources: ['status', 'scale'] }),
  batch(['jobs', 'Job'], { ...active, ...withStatus }),
];

const inertTypes: readonly ResourceType[] = [
  core(['limitranges', 'LimitRange', 'limits']),
  core(['persistentvolumeclaims', 'PersistentVolumeClaim', 'pvc'], withStatus),
  core(['persistentvolumes', 'PersistentVolume', 'pv'], { ...clusterWide, ...withStatus }),
  core(['replicationcontrollers', 'ReplicationController', 'rc'], withStatus),
  apps(['daemonsets', 'DaemonSet', 'ds'], withStatus),
  apps(['statefulsets', 'StatefulSet', 'sts'], withStatus),
  apps(['controllerrevisions', 'ControllerRevision']),
  batch(['cronjobs', 'CronJob', 'cj'], withStatus),
  networking(['ingresses', 'Ingress', 'ing'], withStatus),
  networking(['ingressclasses', 'IngressClass'], clusterWide),
  networking(['networkpolicies', 'NetworkPolicy', 'netpol']),
  inGroup('policy', 'v1')(['poddisruptionbudgets', 'PodDisruptionBudget', 'pdb'], withStatus),
  inGroup('autoscaling', 'v2')(
    ['horizontalpodautoscalers', 'HorizontalPodAutoscaler', 'hpa'],
    withStatus
  ),
  rbac(['roles', 'Role']),
  rbac(['rolebindings', 'RoleBinding']),
  rbac(['clusterroles', 'ClusterRole'], clusterWide),
  rbac(['clusterrolebindings', 'ClusterRoleBinding'], clusterWide),
  inGroup('coordination.k8s.io', 'v1')(['leases', 'Lease']),
  inGroup('discovery.k8s.io', 'v1')(['endpointslices', 'EndpointSlice']),
  inGroup('storage.k8s.io', 'v1')(['storageclasses', 'StorageClass', 'sc'], clusterWide),
  inGroup('scheduling.k8s.io', 'v1')(['priorityclasses', 'PriorityClass', 'pc'], clusterWide),
  admission(['validatingadmissionpolicies', 'ValidatingAdmissionPolicy'], {
    ...clusterWide,
    ...withStatus,
  }),
  admission(['validatingadmissionpolicybindings', 'ValidatingAdmissionPolicyBinding'], clusterWide),
  admission(['validatingwebhookconfigurations', 'ValidatingWebhookConfiguration'], clusterWide),
  admission(['mutatingwebhookconfigurations', 'MutatingWebhookConfiguration'], clusterWide),
];

export const resourceTypes: readonly ResourceType[] = [...activeTypes, ...inertTypes];

/** `apiVersion` is `v1` or `GROUP/VERSION`. */
export const findType = (apiVersion: string, plural: string): ResourceType | undefined =>
  resourceTypes.find((type) => type.plural === plural && apiVersionOf(type) === apiVersion);

/** The stored name of a kind, for owner references. */
export const findKind = (kind: string): ResourceType | undefined =>
  resourceTypes.find((type) => type.kind === kind);
