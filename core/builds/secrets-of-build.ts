import type { Cluster } from '../kubernetes/ports.ts';
import type { Build } from './build.ts';
import { buildNamespace } from './build-objects.ts';
import type { BuildPlan } from './build-plan.ts';
import { jobName, secretValues } from './job-object.ts';

interface Dependencies {
  readonly rack: string;
  readonly cluster: Pick<Cluster, 'get'>;
}

/** What the pods were given as secrets: a step that prints one must not bring it into the log. */
export const secretsOf = async (
  { rack, cluster }: Dependencies,
  { id }: Build,
  plan: BuildPlan
): Promise<readonly string[]> => {
  const withSecrets = plan.jobs.filter((job) => job.kind !== 'copy' && job.secrets.length > 0);
  const found = await Promise.all(
    withSecrets.map(({ number }) =>
      cluster.get('Secret', buildNamespace(rack), jobName(id, number))
    )
  );
  return found.flatMap(secretValues);
};
