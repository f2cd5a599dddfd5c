import { type GrantPushDependencies, grantPush as mint } from '../../grants/grant-push.ts';
import { hasStatus } from '../../kubernetes/cluster-error.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import type { Cluster } from '../../kubernetes/ports.ts';
import { secretData } from '../../kubernetes/secret-data.ts';
import type { PushCredential, Registries } from '../../registries/ports.ts';
import { dockerConfig, type RegistryLogin } from '../../registries/registry-login.ts';
import {
  type BuildKey,
  buildLabels,
  buildNamespace,
  cacheAnnotation,
  ensureBuildNamespace,
  fieldManager,
  pushSecretName,
  repositoryAnnotation,
} from '../build-objects.ts';
import type { Builds } from '../ports.ts';
import { sourceLogin } from '../source-login.ts';
import { BuildFailure, buildTask } from './build-task.ts';

export interface GrantPushTaskDependencies extends GrantPushDependencies {
  readonly rack: string;
  readonly builds: Builds;
  readonly cluster: Cluster;
  readonly registries: Pick<Registries, 'logins'>;
}

/** As long as a build may take; more is not to be had, because the role's session is chained. */
const seconds = 3600;

/** Gives the build's pods leave to push, in a Secret that no task and no payload ever carries. */
export const grantPush = (deps: GrantPushTaskDependencies) =>
  buildTask(deps, async (build) => {
    const { app, id, actor } = build;
    const { rack, cluster } = deps;
    await ensureBuildNamespace(cluster, rack);
    const { credential } = await mint(deps, { app, build: id, actor, seconds, withCache: true });
    const cacheRepository = deps.registry.cacheRepositoryOf(app);
    const source = await sourceLogin(deps, build);
    if (source?.server === credential.host) throw new BuildFailure(inOwnRegistry(source.server));
    const others = [...(await deps.registries.logins()), ...(source ? [source] : [])];
    const push = { credential, cacheRepository, others };
    await writeSecret(cluster, pushSecret({ rack, app, id }, push));
    return 'StartJobs';
  });

/** Of two logins at one host, BuildKit could use but one. */
const inOwnRegistry = (host: string): string =>
  `${host} is the rack's own registry, where a build has a login of its own: import without one`;

interface Push {
  readonly credential: PushCredential;
  readonly cacheRepository: string;
  /** For base images and what is copied; the last one of a host counts. */
  readonly others: readonly RegistryLogin[];
}

const pushSecret = (
  key: BuildKey,
  { credential, cacheRepository, others }: Push
): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: {
    name: pushSecretName(key.id),
    namespace: buildNamespace(key.rack),
    labels: buildLabels(key),
    annotations: {
      [repositoryAnnotation]: credential.repository,
      [cacheAnnotation]: cacheRepository,
    },
  },
  type: 'kubernetes.io/dockerconfigjson',
  data: {
    // The credential for pushing comes last: at its own host no other one counts.
    '.dockerconfigjson': secretData(
      dockerConfig([...others, { ...credential, server: credential.host }])
    ),
  },
});

/** An earlier attempt's credential may have little time left: the new one takes its place. */
const writeSecret = async (cluster: Cluster, secret: KubernetesObject): Promise<void> => {
  try {
    await cluster.create(secret, { fieldManager });
  } catch (error) {
    if (!hasStatus(error, 409)) throw error;
    await cluster.patch(secret, { data: secret['data'] }, { fieldManager });
  }
};
