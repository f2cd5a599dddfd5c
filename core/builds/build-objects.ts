import { ConflictError } from '../errors.ts';
import { hasStatus } from '../kubernetes/cluster-error.ts';
import type { KubernetesObject } from '../kubernetes/object.ts';
import type { Cluster } from '../kubernetes/ports.ts';

/** Builds run apart from the apps, whose names can't be `builds`. */
export const buildNamespace = (rack: string): string => `${rack}-builds`;

export const fieldManager = 'rackless-build';

export interface BuildKey {
  readonly rack: string;
  readonly app: string;
  readonly id: string;
}

export const buildLabels = ({ rack, app, id }: BuildKey): Readonly<Record<string, string>> => ({
  system: 'rackless',
  rack,
  app,
  build: id.toLowerCase(),
});

/** Everything of one build. */
export const buildSelector = ({ rack, app, id }: BuildKey): string =>
  `system=rackless,rack=${rack},app=${app},build=${id.toLowerCase()}`;

/** The credential for pushing, in the form of a Docker configuration. */
export const pushSecretName = (build: string): string => `push-${build.toLowerCase()}`;

/** On the push Secret: `HOST/PATH` of the repository it is for. */
export const repositoryAnnotation = 'rackless.dev/repository';

/** On the push Secret: `HOST/PATH` of the repository for the build cache. */
export const cacheAnnotation = 'rackless.dev/cache-repository';

/** POST; what is there already is what an earlier attempt of the same build made. */
export const createOnce = async (cluster: Cluster, object: KubernetesObject): Promise<void> => {
  try {
    await cluster.create(object, { fieldManager });
  } catch (error) {
    if (!hasStatus(error, 409)) throw error;
  }
};

/**
 * Makes the namespace of builds on first use. Rootless BuildKit needs to make user namespaces, which
 * only the `privileged` standard lets through; no app runs here.
 * @throws ConflictError when somebody else has a namespace of that name.
 */
export const ensureBuildNamespace = async (cluster: Cluster, rack: string): Promise<void> => {
  const name = buildNamespace(rack);
  const found = await cluster.get('Namespace', undefined, name);
  if (found && !isOurs(found, rack)) {
    throw new ConflictError(`namespace ${name} does not belong to rack ${rack}`, {
      hint: 'builds need it: rename or remove it',
    });
  }
  if (found) return;
  const labels = {
    system: 'rackless',
    rack,
    type: 'builds',
    'pod-security.kubernetes.io/enforce': 'privileged',
  };
  await createOnce(cluster, { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } });
};

const isOurs = ({ metadata }: KubernetesObject, ofRack: string): boolean => {
  const { system, rack } = metadata.labels ?? {};
  return system === 'rackless' && rack === ofRack;
};
