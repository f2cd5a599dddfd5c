import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Cluster } from '#core/kubernetes/ports.ts';
import { eventually } from '../conformance/conformance-bed.ts';
import { aJob } from '../conformance/objects.ts';
import { crashing, type EngineApp, EngineBed, serving } from './engine-bed.ts';
import { type RackIdentity, rackIdentity } from './rack-identity.ts';

/** The embedded cluster has no RBAC: every test here needs an API server that says no. */
const real = (process.env['KUBECONFIG'] ?? '') === '' ? test.skip : test;

let bed: EngineBed;
let rack: RackIdentity;
let cluster: Cluster;

beforeAll(async () => {
  bed = await EngineBed.start();
  if (bed.bed.embedded) return;
  rack = await rackIdentity(bed.bed, { rack: bed.rack, everywhere: true });
  cluster = bed.cluster(rack.config);
}, 60_000);

afterAll(async () => {
  await rack?.remove();
  await bed.close();
}, 60_000);

const wholeLife = async (app: EngineApp): Promise<void> => {
  const { namespace } = app;
  await app.promoted({ scripts: { web: serving, api: serving } });
  await app.promoted({ scripts: { web: `${serving} #2` } });
  expect(await app.names()).not.toContain('Deployment/api');
  const failed = await app.promote({ scripts: { web: `echo why; ${crashing}` } });
  expect({ end: failed.end, story: failed.story }).toMatchObject({
    end: 'RolledBack',
    story: expect.arrayContaining(['system/rackless/evidence kept']),
  });
  const { items } = await app.cluster.list('Pod', namespace, 'service=web');
  const pod = items.find((it) => !it.metadata.deletionTimestamp);
  if (!pod) throw new Error('there is no process');
  expect(await app.cluster.logs({ namespace, pod: pod.metadata.name })).toBe('');
  await app.cluster.remove(pod);
};

real('a rack lives its whole life with the rights of infra/cluster', async () => {
  const app = bed.app(cluster);

  await wholeLife(app);

  await app.cluster.remove(await app.live('Namespace', app.namespace));
  await app.namespaceGone();
});

real('and so do its builds', async () => {
  const namespace = `${bed.rack}-builds`;
  const labels = { system: 'rackless', rack: bed.rack };
  const options = { fieldManager: 'rackless' };
  const own = await cluster.create(
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, labels } },
    options
  );
  await cluster.create(
    { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'push', namespace, labels } },
    options
  );
  const job = aJob('build', { image: bed.bed.image, script: 'echo built' });
  const made = await cluster.create({ ...job, metadata: { ...job.metadata, namespace } }, options);
  const pods = await eventually(
    () => cluster.list('Pod', namespace, 'job-name=build'),
    ({ items }) => items.some((it) => JSON.stringify(it['status']).includes('"Succeeded"'))
  );
  const pod = pods.items[0]?.metadata.name ?? '';
  expect(await cluster.logs({ namespace, pod })).toBe('built\n');
  await cluster.remove(made);
  await cluster.remove(own);
});

/** One request, and what the cluster must answer for it to be refused. */
type Forbidden = readonly [what: string, method: string, path: string, body?: object];

const inNamespace = (name: string): object => ({ metadata: { name, namespace: 'default' } });

const outside: readonly Forbidden[] = [
  [
    'a Secret in a foreign namespace',
    'POST',
    '/api/v1/namespaces/default/secrets',
    inNamespace('x'),
  ],
  ['a foreign Service', 'DELETE', '/api/v1/namespaces/default/services/kubernetes?dryRun=All'],
  [
    'a change to a foreign Service',
    'PATCH',
    '/api/v1/namespaces/default/services/kubernetes?dryRun=All',
    { metadata: { labels: { a: 'b' } } },
  ],
  ['all processes of a namespace', 'DELETE', '/api/v1/namespaces/kube-system/pods?dryRun=All'],
  ['all Secrets of a namespace', 'DELETE', '/api/v1/namespaces/kube-system/secrets'],
  [
    'a namespace without our labels',
    'POST',
    '/api/v1/namespaces',
    { metadata: { name: 'nobodys' } },
  ],
  [
    'a namespace of another rack',
    'POST',
    '/api/v1/namespaces',
    { metadata: { name: 'other-shop', labels: { system: 'rackless', rack: 'other' } } },
  ],
  ['a foreign namespace', 'DELETE', '/api/v1/namespaces/default'],
  ['a node', 'DELETE', '/api/v1/nodes/localhost'],
  ['a label of a node', 'PATCH', '/api/v1/nodes/localhost', { metadata: { labels: { a: 'b' } } }],
  ['a shell in a process', 'POST', '/api/v1/namespaces/default/pods/x/exec?command=sh'],
  ['a pod of its own making', 'POST', '/api/v1/namespaces/default/pods', inNamespace('x')],
  ['a ConfigMap', 'GET', '/api/v1/namespaces/kube-system/configmaps/kube-root-ca.crt'],
  [
    'a service account token',
    'POST',
    '/api/v1/namespaces/kube-system/serviceaccounts/default/token',
  ],
  ['a ClusterRole', 'POST', '/apis/rbac.authorization.k8s.io/v1/clusterroles', inNamespace('x')],
  ['a ClusterRoleBinding', 'POST', '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings'],
  [
    'the policy itself',
    'DELETE',
    '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies/x',
  ],
];

real.each(outside)('a rack is refused %s', async (...[, method, path, body = {}]) => {
  const type = method === 'PATCH' ? { type: 'application/merge-patch+json' } : {};
  const { code, text } = await rack.api.call(method, path, {
    ...(method === 'GET' ? {} : { body }),
    ...type,
  });

  expect({ code, text }).toMatchObject({ code: 403, text: expect.stringContaining('forbidden') });
});

const binding = (roleRef: object, namespace: string): object => ({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'RoleBinding',
  metadata: { name: 'test', namespace },
  roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', ...roleRef },
  subjects: [rack.subject],
});

real('in its own namespaces it hands on the role of apps, and no other', async () => {
  const app = bed.app(cluster);
  const labels = app.labels;
  await cluster.create(
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: app.namespace, labels } },
    { fieldManager: 'rackless' }
  );
  const path = (namespace: string) =>
    `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}/rolebindings`;
  const bind = async (role: string, namespace = app.namespace): Promise<number> =>
    (await rack.api.call('POST', path(namespace), { body: binding({ name: role }, namespace) }))
      .code;

  expect(await bind('cluster-admin')).toBe(403);
  expect(await bind('admin')).toBe(403);
  expect(await bind(rack.prefix)).toBe(403);
  expect(await bind(`${rack.prefix}-app`, 'kube-system')).toBe(403);
  expect(await bind(`${rack.prefix}-app`)).toBe(201);
});

real('it can not take its label off a namespace, nor give one away', async () => {
  const app = bed.app(cluster);
  await cluster.create(
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: app.namespace, labels: app.labels } },
    { fieldManager: 'rackless' }
  );
  const path = `/api/v1/namespaces/${app.namespace}`;

  for (const labels of [{ system: null }, { rack: 'other' }]) {
    expect((await rack.api.mergePatch(path, { metadata: { labels } })).code).toBe(403);
  }
  const foreign = await rack.api.mergePatch('/api/v1/namespaces/default', {
    metadata: { labels: app.labels },
  });
  expect(foreign.code).toBe(403);
});

real('bound to its namespaces one by one, it sees nothing of the others', async () => {
  const narrow = `${bed.rack}n`;
  const identity = await rackIdentity(bed.bed, { rack: narrow, everywhere: false });
  try {
    const app = bed.app(bed.cluster(identity.config), narrow);
    const { namespace, labels } = app;
    const waiting = await app.begin({ scripts: { web: serving } });
    let path: readonly string[] = [];
    const running = app.run(waiting, { visit: (state) => (path = [...path, state]) });
    await eventually(
      async () => path,
      (it) => it.includes('WaitForCluster')
    );
    await bed.bed.api.call('POST', '/api/v1/namespaces', {
      body: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, labels } },
    });
    await bed.bed.api.call(
      'POST',
      `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}/rolebindings`,
      {
        body: {
          ...binding({ name: `${identity.prefix}-app` }, namespace),
          subjects: [identity.subject],
        },
      }
    );

    expect((await running).end).toBe('Promoted');
    expect(app.story(waiting.id).join('\n')).toContain(
      `refuses the rack (the rack (${identity.user}) may not list `
    );
    await wholeLife(app);
    const elsewhere = await identity.api.call('GET', '/api/v1/namespaces/kube-system/secrets');
    expect(elsewhere.code).toBe(403);
  } finally {
    await identity.remove();
  }
});
