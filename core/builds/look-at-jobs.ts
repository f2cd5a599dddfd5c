import type { Clock } from '../clock.ts';
import type { KubernetesObject } from '../kubernetes/object.ts';
import type { Cluster } from '../kubernetes/ports.ts';
import type { LogSource } from '../logs/log-source.ts';
import type { Build } from './build.ts';
import { buildNamespace, buildSelector, repositoryAnnotation } from './build-objects.ts';
import type { BuildPlan, JobPlan } from './build-plan.ts';
import { jobName } from './job-object.ts';
import { type JobVerdict, judgeJob } from './judge-job.ts';
import { buildLogSources } from './log-sources.ts';

export interface LookDependencies {
  readonly rack: string;
  readonly cluster: Pick<Cluster, 'get' | 'list' | 'logs'>;
  readonly clock: Clock;
}

/** What the cluster shows of a build. */
export interface Look {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly verdicts: readonly { readonly job: JobPlan; readonly verdict: JobVerdict }[];
  readonly pods: readonly KubernetesObject[];
  readonly sources: readonly LogSource[];
  /** `HOST/PATH` that the images are pushed to. */
  readonly repository: string;
  /** Of the pods, to watch from. */
  readonly resourceVersion: string;
}

/** Jobs before pods: a Job that has ended is then never seen with a pod that has not. */
export const lookAtJobs = async (
  { rack, cluster, clock }: LookDependencies,
  { app, id }: Build,
  plan: BuildPlan
): Promise<Look> => {
  const namespace = buildNamespace(rack);
  const selector = buildSelector({ rack, app, id });
  const jobs = await cluster.list('Job', namespace, selector);
  const pods = await cluster.list('Pod', namespace, selector);
  const now = clock();
  const verdicts = plan.jobs.map((job) => {
    const name = jobName(id, job.number);
    const verdict = judgeJob({
      job: jobs.items.find((it) => it.metadata.name === name),
      pod: pods.items.find((it) => it.metadata.labels?.['job'] === name),
      now,
      what: whatItDoes(job),
    });
    return { job, verdict };
  });
  return {
    at: now,
    verdicts,
    pods: pods.items,
    sources: pods.items.flatMap(buildLogSources),
    repository: jobs.items[0]?.metadata.annotations?.[repositoryAnnotation] ?? '',
    resourceVersion: pods.resourceVersion,
  };
};

const whatItDoes = (job: JobPlan): string => {
  const services = job.services.join(', ');
  return job.kind === 'copy' ? `copying ${job.image} for ${services}` : `the build of ${services}`;
};
