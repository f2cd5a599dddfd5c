import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { parseAllDocuments } from 'yaml';
import { buildLabels } from '#core/builds/build-objects.ts';
import { collectionPath } from '#core/kubernetes/object.ts';
import { managedKinds } from '#core/promotions/engine/live-objects.ts';
import { appLabels } from '#core/rendering/labels.ts';

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}

interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly rules?: readonly Rule[];
  readonly roleRef?: { readonly name: string };
  readonly subjects?: readonly { readonly kind: string; readonly name: string }[];
}

const folder = 'infra/cluster';
const manifests = readdirSync(folder)
  .filter((name) => name.endsWith('.yml'))
  .flatMap((name) => parseAllDocuments(readFileSync(join(folder, name), 'utf8')))
  .map((document) => document.toJS() as Manifest);

const find = (kind: string, name: string): Manifest => {
  const found = manifests.find((it) => it.kind === kind && it.metadata.name === name);
  if (!found) throw new Error(`no ${kind} ${name} in ${folder}`);
  return found;
};

/** `apps/deployments get`: the rights of a role, one by one. */
const rightsOf = (role: string): readonly string[] =>
  (find('ClusterRole', role).rules ?? []).flatMap(({ apiGroups, resources, verbs }) =>
    apiGroups.flatMap((group) =>
      resources.flatMap((resource) => verbs.map((verb) => `${group}/${resource} ${verb}`))
    )
  );

/** The same for a kind, by the path that the adapter asks for. */
const rights = (kind: string, verbs: readonly string[]): readonly string[] => {
  const parts = collectionPath(kind, undefined).split('/');
  const group = parts[1] === 'apis' ? parts[2] : '';
  return verbs.map((verb) => `${group}/${parts.at(-1)} ${verb}`);
};

/** Apply is a patch, and a create when there is nothing yet; a dry run needs the same rights. */
const written = ['get', 'list', 'create', 'patch', 'delete'];

const ofApps = [
  ...managedKinds.flatMap((kind) => rights(kind, written)),
  ...rights('Deployment', ['watch']),
  ...rights('Pod', ['get', 'list', 'watch', 'delete']),
  '/pods/log get',
  ...rights('Event', ['list', 'watch']),
  ...rights('Job', ['get', 'list', 'create', 'delete']),
];

const ofTheRack = [
  ...rights('Namespace', ['get', 'list', 'watch', 'create', 'patch', 'delete']),
  ...rights('Node', ['get', 'list', 'watch']),
  'rbac.authorization.k8s.io/rolebindings get',
  'rbac.authorization.k8s.io/rolebindings create',
  'rbac.authorization.k8s.io/clusterroles bind',
];

test('the role of an app allows what the functions ask for, and nothing else', () => {
  expect(new Set(rightsOf('rackless-app'))).toEqual(new Set(ofApps));
});

test('the role of a rack allows namespaces, nodes and one role to hand on, and nothing else', () => {
  expect(new Set(rightsOf('rackless'))).toEqual(new Set(ofTheRack));
});

test('the role of an app is the only one that a rack may bind', () => {
  const rules = find('ClusterRole', 'rackless').rules ?? [];

  const bind = rules.filter(({ verbs }) => verbs.includes('bind'));

  expect(bind.map((it) => it.resourceNames)).toEqual([['rackless-app']]);
});

test('each role is bound to the same identities, and to groups alone', () => {
  const bindings = manifests.filter(({ kind }) => kind === 'ClusterRoleBinding');

  const groups = bindings.map(({ subjects = [] }) => subjects.map((it) => `${it.kind} ${it.name}`));

  expect(bindings.map((it) => it.roleRef?.name)).toEqual(['rackless', 'rackless-app']);
  expect(groups[0]).toEqual(['Group rackless', 'Group system:serviceaccounts:rackless-system']);
  expect(groups[1]).toEqual(groups[0]);
});

test('the policy asks for the labels that a rack puts on its namespaces', () => {
  const policy = JSON.stringify(find('ValidatingAdmissionPolicy', 'rackless'));

  for (const labels of [
    appLabels({ rack: 'prod', app: 'shop' }),
    buildLabels({ rack: 'prod', app: 'shop', id: 'BABC' }),
  ]) {
    expect(labels).toMatchObject({ system: 'rackless', rack: 'prod' });
  }
  expect(policy).toContain("labels['system'] == 'rackless'");
  expect(policy).toContain("labels['rack'] in variables.racks");
});

test('the policy holds for every write of every kind, and fails closed', () => {
  const { spec } = find('ValidatingAdmissionPolicy', 'rackless') as unknown as {
    spec: {
      failurePolicy: string;
      matchConstraints: { resourceRules: readonly Record<string, unknown>[] };
    };
  };

  expect(spec.failurePolicy).toBe('Fail');
  expect(spec.matchConstraints.resourceRules).toEqual([
    { apiGroups: ['*'], apiVersions: ['*'], operations: ['*'], resources: ['*/*'], scope: '*' },
  ]);
});
