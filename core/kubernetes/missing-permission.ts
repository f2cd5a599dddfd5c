/** What an identity would need to be allowed for a request that its roles don't cover. */
export interface MissingPermission {
  /** Who asked, as the API server sees it. */
  readonly user: string;
  readonly verb: string;
  /** With its group and subresource: `deployments.apps`, `pods/log`. */
  readonly resource: string;
  /** Undefined at the cluster scope. */
  readonly namespace: string | undefined;
}

/**
 * RBAC's no, and that of every other authorizer, in the API server's own words:
 * `secrets is forbidden: User "x" cannot list resource "secrets" in API group "" in the namespace "n"`.
 * Admission, quotas and policies answer 403 as well, but never with these words.
 */
const words =
  /User "([^"]*)" cannot (\S+) resource "([^"]*)" in API group "([^"]*)"(?: in the namespace "([^"]*)")?/;

export const missingPermission = (
  status: number,
  message: string
): MissingPermission | undefined => {
  const [, user, verb, resource, group, namespace] = (status === 403 && words.exec(message)) || [];
  if (user === undefined || !verb || !resource) return undefined;
  return { user, verb, resource: group ? `${resource}.${group}` : resource, namespace };
};

/** `list secrets in namespace prod-shop` */
export const permissionText = ({ verb, resource, namespace }: MissingPermission): string =>
  `${verb} ${resource} ${namespace ? `in namespace ${namespace}` : 'of the cluster'}`;

const ofTheRack = new Set(['namespaces', 'nodes', 'rolebindings.rbac.authorization.k8s.io']);

/** Which of the files that an admin applies grants it. */
export const grantHint = ({ resource }: MissingPermission): string => {
  const role = ofTheRack.has(resource) ? 'rackless' : 'rackless-app';
  return `ClusterRole ${role} of infra/cluster/roles.yml grants it, and infra/cluster/bindings.yml says to whom: apply both`;
};
