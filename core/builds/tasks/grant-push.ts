import { hasStatus } from '../../kubernetes/cluster-error.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import type { Cluster } from '../../kubernetes/ports.ts';
import {
  type BuildKey,
  buildLabels,
  buildNamespace,
  ensureBuildNamespace,
  fieldManager,
  pushSecretName,
  repositoryAnnotation,
} from '../build-objects.ts';
import type { Builds } from '../ports.ts';
import type { PushGrant, PushGrants } from '../task-ports.ts';
import { buildTask } from './build-task.ts';

export interface GrantPushDependencies {
  readonly rack: string;
  readonly builds: Builds;
  readonly cluster: Cluster;
  readonly grants: PushGrants;
}

/** Gives the build's pods leave to push, in a Secret that no task and no payload ever carries. */
export const grantPush = (deps: GrantPushDependencies) =>
  buildTask(deps, async ({ app, id }) => {
    const { rack, cluster, grants } = deps;
    await ensureBuildNamespace(cluster, rack);
    await writeSecret(cluster, pushSecret({ rack, app, id }, await grants.mint({ app, id })));
    return 'StartJobs';
  });

const pushSecret = (key: BuildKey, grant: PushGrant): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: {
    name: pushSecretName(key.id),
    namespace: buildNamespace(key.rack),
    labels: buildLabels(key),
    annotations: { [repositoryAnnotation]: grant.repository },
  },
  type: 'kubernetes.io/dockerconfigjson',
  data: {
    '.dockerconfigjson': base64(JSON.stringify({ auths: { [grant.host]: loginOf(grant) } })),
  },
});

const loginOf = ({ username, password }: PushGrant) => ({
  username,
  password,
  auth: base64(`${username}:${password}`),
});

const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** An earlier attempt's credential may have little time left: the new one takes its place. */
const writeSecret = async (cluster: Cluster, secret: KubernetesObject): Promise<void> => {
  try {
    await cluster.create(secret, { fieldManager });
  } catch (error) {
    if (!hasStatus(error, 409)) throw error;
    await cluster.patch(secret, { data: secret['data'] }, { fieldManager });
  }
};
