import { readdirSync, readFileSync } from 'node:fs';
import { KubeConfig } from '@kubernetes/client-node';
import { parseAllDocuments } from 'yaml';
import { at, type ConformanceBed, eventually } from '../conformance/conformance-bed.ts';
import { type Document, RawClient } from '../conformance/raw-client.ts';

const folder = new URL('../../../infra/cluster/', import.meta.url);

/** The label that says whose a namespace is stays; every other name is this test's own. */
const label = /(system[:=] ?|\['system'\] == ')rackless/g;

/** What an admin applies, under names of its own: other tests share the cluster. */
const documentsOf = (prefix: string): readonly Document[] =>
  readdirSync(folder, { withFileTypes: true })
    .filter((it) => it.isFile() && it.name.endsWith('.yml'))
    .flatMap(({ name }) => {
      const text = readFileSync(new URL(name, folder), 'utf8')
        .replace(label, '$1@')
        .replaceAll('rackless', prefix)
        .replace(/(system[:=] ?|\['system'\] == ')@/g, '$1rackless');
      return parseAllDocuments(text).map((it) => it.toJS() as Document);
    });

const plurals: Readonly<Record<string, string>> = {
  ValidatingAdmissionPolicy: 'validatingadmissionpolicies',
};

const collection = ({ apiVersion, kind }: Document): string => {
  const plural = plurals[String(kind)] ?? `${String(kind).toLowerCase()}s`;
  return `/apis/${apiVersion}/${plural}`;
};

/** A service account with the rights of infra/cluster and no others. */
export interface RackIdentity {
  readonly config: KubeConfig;
  readonly api: RawClient;
  /** Of the ClusterRoles: `NAME` and `NAME-app`. */
  readonly prefix: string;
  /** How a RoleBinding names it. */
  readonly subject: object;
  /** What the token of `config` says for a user. */
  readonly user: string;
  remove(): Promise<void>;
}

interface Wish {
  readonly rack: string;
  /** With the binding of the app role in every namespace, or without it. */
  readonly everywhere: boolean;
}

/** Applies infra/cluster as it stands and makes a rack's service account. */
export const rackIdentity = async (
  { api, config }: ConformanceBed,
  { rack, everywhere }: Wish
): Promise<RackIdentity> => {
  const prefix = `${rack}-rackless`;
  const namespace = `${prefix}-system`;
  const must = async (method: string, path: string, body: object): Promise<Document> => {
    const reply = await api.call(method, path, { body });
    if (reply.code >= 300) throw new Error(`${method} ${path}: ${reply.text}`);
    return reply.body;
  };
  const documents = documentsOf(prefix).filter(
    (it) => everywhere || !(it['kind'] === 'ClusterRoleBinding' && nameOf(it) === `${prefix}-app`)
  );
  for (const it of documents) await must('POST', collection(it), it);
  await must('POST', '/api/v1/namespaces', {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: namespace },
  });
  const accounts = `/api/v1/namespaces/${namespace}/serviceaccounts`;
  await must('POST', accounts, {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name: rack },
  });
  const token = await must('POST', `${accounts}/${rack}/token`, {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    spec: { expirationSeconds: 3600 },
  });
  const own = withToken(config, String(at(token, 'status', 'token')));
  const identity: RackIdentity = {
    config: own,
    api: new RawClient(own),
    prefix,
    subject: { kind: 'ServiceAccount', name: rack, namespace },
    user: `system:serviceaccount:${namespace}:${rack}`,
    remove: async () => {
      for (const it of documents) await api.call('DELETE', `${collection(it)}/${nameOf(it)}`);
      await api.call('DELETE', `/api/v1/namespaces/${namespace}`);
    },
  };
  await policyInForce(identity);
  return identity;
};

const nameOf = (document: Document): string => String(at(document, 'metadata', 'name'));

const withToken = (config: KubeConfig, token: string): KubeConfig => {
  const cluster = config.getCurrentCluster();
  if (!cluster) throw new Error('the kubeconfig has no cluster');
  const own = new KubeConfig();
  own.loadFromClusterAndUser(cluster, { name: 'rack', token });
  return own;
};

/** The API server takes a moment to heed a new policy. */
const policyInForce = ({ api }: RackIdentity): Promise<unknown> =>
  eventually(
    () =>
      api.call('POST', '/api/v1/namespaces?dryRun=All', {
        body: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'nobodys' } },
      }),
    ({ code, text }) => code >= 400 && /ValidatingAdmissionPolicy/.test(text)
  );
