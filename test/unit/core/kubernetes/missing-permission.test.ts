import { expect, test } from '@jest/globals';
import { ClusterError, isRefusedAccess } from '#core/kubernetes/cluster-error.ts';

/** As a Kubernetes 1.34 API server answered them. */
const answers = {
  list: 'secrets is forbidden: User "bob" cannot list resource "secrets" in API group "" in the namespace "default"',
  nodes:
    'nodes is forbidden: User "bob" cannot list resource "nodes" in API group "" at the cluster scope',
  log: 'pods "x" is forbidden: User "bob" cannot get resource "pods/log" in API group "" in the namespace "default"',
  patch:
    'deployments.apps "web" is forbidden: User "system:serviceaccount:rackless-system:prod" cannot patch resource "deployments" in API group "apps" in the namespace "prod-shop"',
  quota:
    'secrets "x" is forbidden: exceeded quota: q, requested: secrets=1, used: secrets=0, limited: secrets=0',
  podSecurity:
    'pods "x" is forbidden: violates PodSecurity "baseline:latest": privileged (container "a" must not set securityContext.privileged=true)',
  limits: 'pods "x" is forbidden: maximum memory usage per Container is 1Mi, but limit is 1Gi',
};

const refused = (message: string, details?: { causes: { reason: string }[] }): ClusterError =>
  new ClusterError(403, { reason: 'Forbidden', message, details });

test.each([
  ['list', 'the rack (bob) may not list secrets in namespace default', 'rackless-app'],
  ['nodes', 'the rack (bob) may not list nodes of the cluster', 'rackless'],
  ['log', 'the rack (bob) may not get pods/log in namespace default', 'rackless-app'],
  [
    'patch',
    'the rack (system:serviceaccount:rackless-system:prod) may not patch deployments.apps in namespace prod-shop',
    'rackless-app',
  ],
] as const)(
  'missing rights (%s) name verb, resource, namespace and role',
  (name, message, role) => {
    const error = refused(answers[name]);

    expect(error.message).toBe(message);
    expect(error.hint).toContain(`ClusterRole ${role} of infra/cluster/roles.yml`);
    expect(isRefusedAccess(error)).toBe(true);
    expect(error.kind).toBe('unavailable');
  }
);

test.each(['quota', 'podSecurity', 'limits'] as const)('a no of %s is final', (name) => {
  const error = refused(answers[name]);

  expect(error.message).toBe(answers[name]);
  expect(isRefusedAccess(error)).toBe(false);
  expect(error.kind).toBe('invalid');
});

test('a namespace that is being deleted is over in a while', () => {
  const message =
    'secrets "x" is forbidden: unable to create new content in namespace n because it is being terminated';

  expect(refused(message, { causes: [{ reason: 'NamespaceTerminating' }] }).kind).toBe(
    'unavailable'
  );
});
