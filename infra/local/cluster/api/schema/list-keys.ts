/**
 * Lists whose items have an identity: model and field, then the item's key fields
 * (`x-kubernetes-list-map-keys` of the API's OpenAPI document). Lists that are not named here are
 * atomic: replaced and owned as a whole.
 */
export const listKeys: Readonly<Record<string, readonly string[]>> = {
  'V1ObjectMeta.ownerReferences': ['uid'],
  'V1PodSpec.containers': ['name'],
  'V1PodSpec.initContainers': ['name'],
  'V1PodSpec.ephemeralContainers': ['name'],
  'V1PodSpec.volumes': ['name'],
  'V1PodSpec.imagePullSecrets': ['name'],
  'V1PodSpec.hostAliases': ['ip'],
  'V1PodSpec.topologySpreadConstraints': ['topologyKey', 'whenUnsatisfiable'],
  'V1PodSpec.resourceClaims': ['name'],
  'V1PodSpec.schedulingGates': ['name'],
  'V1PodStatus.podIPs': ['ip'],
  'V1Container.env': ['name'],
  'V1Container.ports': ['containerPort', 'protocol'],
  'V1Container.volumeMounts': ['mountPath'],
  'V1Container.volumeDevices': ['devicePath'],
  'V1EphemeralContainer.env': ['name'],
  'V1EphemeralContainer.ports': ['containerPort', 'protocol'],
  'V1EphemeralContainer.volumeMounts': ['mountPath'],
  'V1ServiceSpec.ports': ['port', 'protocol'],
  'V1ServiceAccount.secrets': ['name'],
  'V1ResourceRequirements.claims': ['name'],
  'V1NodeStatus.addresses': ['type'],
  'V1ValidatingWebhookConfiguration.webhooks': ['name'],
  'V1MutatingWebhookConfiguration.webhooks': ['name'],
};

/** What a key field is when an item leaves it out. */
export const keyDefaults: JsonDefaults = { protocol: 'TCP' };
type JsonDefaults = Readonly<Record<string, unknown>>;

/** Lists of plain values that are sets: each value has its own owner. */
export const setLists: ReadonlySet<string> = new Set(['V1ObjectMeta.finalizers']);

/** Models that are replaced and owned as a whole (`x-kubernetes-map-type: atomic`). */
export const atomicModels: ReadonlySet<string> = new Set([
  'V1ConfigMapKeySelector',
  'V1LabelSelector',
  'V1LocalObjectReference',
  'V1NodeSelector',
  'V1NodeSelectorTerm',
  'V1ObjectFieldSelector',
  'V1ObjectReference',
  'V1OwnerReference',
  'V1ResourceFieldSelector',
  'V1ScopeSelector',
  'V1SecretKeySelector',
  'V1SecretReference',
  'V1TypedLocalObjectReference',
]);

/** Maps that are replaced and owned as a whole. */
export const atomicMaps: ReadonlySet<string> = new Set([
  'V1PodSpec.nodeSelector',
  'V1ServiceSpec.selector',
  'V1ReplicationControllerSpec.selector',
]);
