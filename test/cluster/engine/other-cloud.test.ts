import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { KubeConfig } from '@kubernetes/client-node';
import { at } from '../conformance/conformance-bed.ts';
import { EngineBed, serving } from './engine-bed.ts';
import { type RackIdentity, rackIdentity } from './rack-identity.ts';

/** The embedded cluster has no RBAC. */
const real = (process.env['KUBECONFIG'] ?? '') === '' ? test.skip : test;

/** Outside the namespace whose accounts are racks. */
const accounts = '/api/v1/namespaces/default/serviceaccounts';

let bed: EngineBed;
let rack: RackIdentity;

beforeAll(async () => {
  bed = await EngineBed.start();
  if (!bed.bed.embedded) rack = await rackIdentity(bed.bed, { rack: bed.rack, everywhere: true });
}, 60_000);

afterAll(async () => {
  await rack?.remove();
  await bed.bed.api.call('DELETE', `${accounts}/${bed.rack}-other`);
  await bed.close();
}, 60_000);

/**
 * Whom a cloud vouches for has none of the rack's groups: here a service account stands for it. All
 * that it may do is to act as the rack's own.
 */
const vouchedFor = async (as: string | undefined): Promise<KubeConfig> => {
  const [, , namespace = '', name = ''] = rack.user.split(':');
  const call = async (path: string, body: object) =>
    (await bed.bed.api.call('POST', path, { body })).body;
  const metadata = { name: `${bed.rack}-other` };
  const rbac = `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}`;
  await call(accounts, { metadata });
  const rule = { apiGroups: [''], resources: ['serviceaccounts'], verbs: ['impersonate'] };
  await call(`${rbac}/roles`, { metadata, rules: [{ ...rule, resourceNames: [name] }] });
  await call(`${rbac}/rolebindings`, {
    metadata,
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', ...metadata },
    subjects: [{ kind: 'ServiceAccount', namespace: 'default', ...metadata }],
  });
  const token = String(at(await call(`${accounts}/${metadata.name}/token`, {}), 'status', 'token'));
  const config = new KubeConfig();
  const cluster = bed.bed.config.getCurrentCluster();
  if (!cluster) throw new Error('the kubeconfig has no cluster');
  const user = { name: 'rack', token, ...(as !== undefined && { impersonateUser: as }) };
  config.loadFromClusterAndUser(cluster, user);
  return config;
};

real('an account of another cloud acts as the rack’s own, held by the same policy', async () => {
  const cluster = bed.cluster(await vouchedFor(rack.user));
  const app = bed.app(cluster);

  await app.promoted({ scripts: { web: serving } });

  const foreign = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'nobodys' } };
  await expect(cluster.create(foreign, { fieldManager: 'rackless' })).rejects.toThrow(
    'may only write to namespaces labelled'
  );
});

real('it may nothing in its own name, nor as somebody else', async () => {
  for (const as of [undefined, 'system:serviceaccount:kube-system:default']) {
    const cluster = bed.cluster(await vouchedFor(as));

    await expect(cluster.list('Pod', 'default')).rejects.toThrow(/forbidden|may not/);
  }
});
