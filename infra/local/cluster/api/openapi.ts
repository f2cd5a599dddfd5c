import { kubernetesVersion } from './discovery.ts';
import type { JsonObject } from './json.ts';
import { apiVersionOf, type ResourceType } from './resource-type.ts';
import { resourceTypes } from './resource-types.ts';

const info = { title: 'Kubernetes', version: kubernetesVersion };

const rootOf = (groupVersion: string): string =>
  groupVersion.includes('/') ? `apis/${groupVersion}` : `api/${groupVersion}`;

const groupVersions = [...new Set(resourceTypes.map(apiVersionOf))];

const pathOf = (type: ResourceType): string => {
  const scope = type.namespaced ? 'namespaces/{namespace}/' : '';
  return `/${rootOf(apiVersionOf(type))}/${scope}${type.plural}/{name}`;
};

const queryParameter = (name: string, type: string): JsonObject => ({
  name,
  in: 'query',
  schema: { type, uniqueItems: true },
});

/** Says that writes take `fieldValidation`, so that kubectl leaves validation to the server. */
const patchOperation = ({ group, version, kind }: ResourceType): JsonObject => ({
  operationId: `patch${kind}`,
  parameters: [
    queryParameter('dryRun', 'string'),
    queryParameter('fieldManager', 'string'),
    queryParameter('fieldValidation', 'string'),
    queryParameter('force', 'boolean'),
  ],
  responses: { '200': { description: 'OK' } },
  'x-kubernetes-action': 'patch',
  'x-kubernetes-group-version-kind': { group, version, kind },
});

const groupVersionDocument = (groupVersion: string): JsonObject => ({
  openapi: '3.0.0',
  info,
  paths: Object.fromEntries(
    resourceTypes
      .filter((type) => apiVersionOf(type) === groupVersion)
      .map((type) => [pathOf(type), { patch: patchOperation(type) }])
  ),
  components: { schemas: {} },
});

const index = (prefix: string): JsonObject => ({
  paths: Object.fromEntries(
    groupVersions.map((groupVersion) => {
      const root = rootOf(groupVersion);
      return [root, { serverRelativeURL: `${prefix}/openapi/v3/${root}` }];
    })
  ),
});

/**
 * The OpenAPI document at a path: the least that makes kubectl's own checks work. `prefix` is what
 * the client puts before the API's paths.
 */
export const openApi = (path: string, prefix: string): JsonObject | undefined => {
  if (path === '/openapi/v2') {
    return { swagger: '2.0', info, paths: {}, definitions: {} };
  }
  if (path === '/openapi/v3') {
    return index(prefix);
  }
  const groupVersion = groupVersions.find((each) => path === `/openapi/v3/${rootOf(each)}`);
  return groupVersion === undefined ? undefined : groupVersionDocument(groupVersion);
};
