import type { JsonObject } from './json.ts';
import { apiVersionOf, type ResourceType } from './resource-type.ts';
import { resourceTypes } from './resource-types.ts';

/** What this cluster behaves like. */
export const kubernetesVersion = 'v1.34.0';

const verbs = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];

const subresourceVerbs: Readonly<Record<string, readonly string[]>> = {
  log: ['get'],
  binding: ['create'],
  eviction: ['create'],
  finalize: ['update'],
};

const subresourceKinds: Readonly<Record<string, JsonObject>> = {
  scale: { group: 'autoscaling', version: 'v1', kind: 'Scale' },
  eviction: { group: 'policy', version: 'v1', kind: 'Eviction' },
  binding: { kind: 'Binding' },
};

const resourcesOf = (type: ResourceType): JsonObject[] => [
  {
    name: type.plural,
    singularName: type.singular,
    namespaced: type.namespaced,
    kind: type.kind,
    verbs,
    ...(type.shortNames.length === 0 ? {} : { shortNames: type.shortNames }),
    ...(type.active && type.group !== '' ? { categories: ['all'] } : {}),
    ...(['pods', 'services'].includes(type.plural) ? { categories: ['all'] } : {}),
  },
  ...type.subresources.map((subresource) => ({
    name: `${type.plural}/${subresource}`,
    singularName: '',
    namespaced: type.namespaced,
    kind: type.kind,
    verbs: subresourceVerbs[subresource] ?? ['get', 'patch', 'update'],
    ...(subresourceKinds[subresource] ?? {}),
  })),
];

const groups = [...new Set(resourceTypes.map(({ group }) => group))].filter((each) => each !== '');

const groupDocument = (group: string): JsonObject => {
  const versions = [
    ...new Set(resourceTypes.filter((type) => type.group === group).map(apiVersionOf)),
  ].map((groupVersion) => ({ groupVersion, version: groupVersion.split('/')[1] }));
  return { name: group, versions, preferredVersion: versions[0] };
};

const resourceList = (groupVersion: string): JsonObject => ({
  kind: 'APIResourceList',
  apiVersion: 'v1',
  groupVersion,
  resources: resourceTypes
    .filter((type) => apiVersionOf(type) === groupVersion)
    .flatMap(resourcesOf),
});

const resourceLists = Object.fromEntries(
  [...new Set(resourceTypes.map(apiVersionOf))].map((groupVersion) => [
    groupVersion.includes('/') ? `/apis/${groupVersion}` : `/api/${groupVersion}`,
    resourceList(groupVersion),
  ])
);

const groupDocuments = Object.fromEntries(
  groups.map((group) => [
    `/apis/${group}`,
    { kind: 'APIGroup', apiVersion: 'v1', ...groupDocument(group) },
  ])
);

const [, minor = ''] = kubernetesVersion.split('.');

const documents: Readonly<Record<string, JsonObject>> = {
  '/version': {
    major: '1',
    minor,
    gitVersion: `${kubernetesVersion}+rackless-embedded`,
    gitCommit: '',
    gitTreeState: 'clean',
    buildDate: '1970-01-01T00:00:00Z',
    goVersion: '',
    compiler: 'node',
    platform: `${process.platform}/${process.arch}`,
  },
  '/api': {
    kind: 'APIVersions',
    versions: ['v1'],
    serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress: '127.0.0.1' }],
  },
  '/apis': { kind: 'APIGroupList', apiVersion: 'v1', groups: groups.map(groupDocument) },
  ...groupDocuments,
  ...resourceLists,
};

/** The document at a discovery path; undefined when the path is none. */
export const discover = (path: string): JsonObject | undefined =>
  documents[path.replace(/\/$/, '')];
