import type { Documents } from '../../documents/ports.ts';
import type { Environment } from '../../environments/environment.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import type { Cluster } from '../../kubernetes/ports.ts';
import type { Releases } from '../../releases/ports.ts';
import type { Build } from '../build.ts';
import {
  buildNamespace,
  cacheAnnotation,
  createOnce,
  fieldManager,
  pushSecretName,
  repositoryAnnotation,
} from '../build-objects.ts';
import {
  type BuildPlan,
  type JobPlan,
  planKey,
  resolveArgs,
  resolveSecrets,
} from '../build-plan.ts';
import type { BuilderSettings, JobInput } from '../job-input.ts';
import { hasSource, jobObject, jobSecret } from '../job-object.ts';
import type { Builds } from '../ports.ts';
import { removeSourceLogin } from '../source-login.ts';
import { BuildFailure, buildTask } from './build-task.ts';
import { type ContextListDependencies, writeContextList } from './context-list.ts';
import { buildEnvironment } from './read-source.ts';

export interface StartJobsDependencies extends ContextListDependencies {
  readonly rack: string;
  readonly builds: Builds;
  readonly releases: Releases;
  readonly documents: Documents;
  readonly cluster: Cluster;
  readonly settings: BuilderSettings;
}

/** Starts one Job for each distinct image. Their names come from the build: no Job starts twice. */
export const startJobs = (deps: StartJobsDependencies) =>
  buildTask(deps, async (build) => {
    const plan = await readPlan(deps.documents, build);
    const push = await findPushSecret(deps, build);
    const given = {
      rack: deps.rack,
      app: build.app,
      id: build.id,
      settings: deps.settings,
      repository: push.metadata.annotations?.[repositoryAnnotation] ?? '',
      cacheRepository: push.metadata.annotations?.[cacheAnnotation] ?? '',
      hasCache: await hasBuilt(deps.builds, build),
      noCache: build.noCache,
      contextUrl: plan.jobs.some(hasSource) ? await writeContextList(deps, build) : '',
    };
    const env = await buildEnvironment(deps.releases, build);
    const jobs: KubernetesObject[] = [];
    for (const job of plan.jobs) {
      jobs.push(await startJob(deps.cluster, { ...given, plan: job, ...valuesFor(job, env) }));
    }
    await giveTo(deps.cluster, push, jobs);
    await removeSourceLogin(deps, build);
    return 'WatchJobs';
  });

const valuesFor = (job: JobPlan, env: Environment) =>
  job.kind === 'copy'
    ? { args: [], secrets: [] }
    : { args: resolveArgs(job.args, env), secrets: resolveSecrets(job.secrets, env) };

export const readPlan = async (
  documents: Documents,
  { app, id }: Pick<Build, 'app' | 'id'>
): Promise<BuildPlan> => {
  const plan = (await documents.read(planKey(app, id))) as BuildPlan | undefined;
  if (plan?.v === 1) return plan;
  throw new Error(`build ${id} has no plan`);
};

const lookedAt = 20;

/** A cache that nobody can have written is not asked for: the log would begin with an error. */
const hasBuilt = async (builds: Pick<Builds, 'list'>, { app }: Build): Promise<boolean> =>
  (await builds.list(app, lookedAt)).some(isWithCache);

const isWithCache = ({ external, imported, status }: Build): boolean =>
  !(external || imported) && status === 'complete';

const findPushSecret = async ({ rack, cluster }: StartJobsDependencies, { id }: Build) => {
  const secret = await cluster.get('Secret', buildNamespace(rack), pushSecretName(id));
  if (secret) return secret;
  throw new BuildFailure('the push credential of the build has disappeared', {
    hint: 'build again',
  });
};

const startJob = async (cluster: Cluster, input: JobInput): Promise<KubernetesObject> => {
  const [secret, job] = [jobSecret(input), jobObject(input)];
  if (hasSource(input.plan)) await createOnce(cluster, secret);
  await createOnce(cluster, job);
  const started = await cluster.get('Job', job.metadata.namespace, job.metadata.name);
  if (!started)
    throw new BuildFailure('a job of the build has disappeared', { hint: 'build again' });
  if (hasSource(input.plan)) await giveTo(cluster, secret, [started]);
  return started;
};

/** Secrets of a build whose end nobody sees go with its Jobs. */
const giveTo = async (
  cluster: Cluster,
  secret: KubernetesObject,
  owners: readonly KubernetesObject[]
): Promise<void> => {
  const ownerReferences = owners.map(({ apiVersion, kind, metadata: { name, uid } }) => ({
    apiVersion,
    kind,
    name,
    uid,
  }));
  await cluster.patch(secret, { metadata: { ownerReferences } }, { fieldManager });
};
