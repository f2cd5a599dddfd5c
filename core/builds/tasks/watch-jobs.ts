import type { KubernetesObject } from '../../kubernetes/object.ts';
import type { Cluster } from '../../kubernetes/ports.ts';
import type { LogSource } from '../../logs/log-source.ts';
import { mergeReadings } from '../../logs/merge-readings.ts';
import { readSource } from '../../logs/read-source.ts';
import type { Build, BuiltImage } from '../build.ts';
import { buildNamespace, buildSelector, repositoryAnnotation } from '../build-objects.ts';
import type { BuildPlan, JobPlan } from '../build-plan.ts';
import { BuildStory, type StoryDependencies } from '../build-story.ts';
import { jobName, secretValues } from '../job-object.ts';
import { type JobVerdict, judgeJob } from '../judge-job.ts';
import { buildLogSources } from '../log-sources.ts';
import { maskSecrets } from '../mask-secrets.ts';
import type { Builds } from '../ports.ts';
import { BuildFailure, buildTask } from './build-task.ts';
import { readPlan } from './start-jobs.ts';

export interface WatchJobsDependencies extends StoryDependencies {
  readonly rack: string;
  readonly builds: Builds;
  readonly cluster: Cluster;
  readonly pause: (milliseconds: number) => Promise<void>;
}

/** A function lives 15 minutes; the machine then calls again. */
const longestCall = 13 * 60_000;
const shortInterval = 300;
const longInterval = 1000;
/** What one round of reading hands on: an event each is written. */
const limits = { lines: 500, characters: 200_000 };

/** Tells the story of the Jobs while they run, and keeps what they built. */
export const watchJobs = (deps: WatchJobsDependencies) =>
  buildTask(deps, async (build) => {
    const plan = await readPlan(deps.documents, build);
    const story = await BuildStory.open(deps, build);
    const mask = maskSecrets(await secretsOf(deps, build, plan));
    const begun = deps.clock();
    while (deps.clock() - begun < longestCall) {
      const round = await lookOnce(deps, { build, plan, story, mask });
      if (round === 'ended') return 'MakeRelease';
      if (round === 'nothing new') await deps.pause(interval(deps.clock() - begun));
    }
    return 'WatchJobs';
  });

interface Watched {
  readonly build: Build;
  readonly plan: BuildPlan;
  readonly story: BuildStory;
  readonly mask: (text: string) => string;
}

/** What the pods were given as secrets: a step that prints one must not bring it into the log. */
const secretsOf = async (
  { rack, cluster }: WatchJobsDependencies,
  { id }: Build,
  plan: BuildPlan
): Promise<readonly string[]> => {
  const values: string[] = [];
  for (const { number, secrets } of plan.jobs) {
    if (secrets.length === 0) continue;
    const secret = await cluster.get('Secret', buildNamespace(rack), jobName(id, number));
    values.push(...secretValues(secret));
  }
  return values;
};

/** Verdicts wait until all that was logged is told: a failure names its last lines. */
const lookOnce = async (
  deps: WatchJobsDependencies,
  { build, plan, story, mask }: Watched
): Promise<'ended' | 'more lines' | 'nothing new'> => {
  const look = await observe(deps, build, plan);
  const isMany = plan.jobs.length > 1;
  if (!(await tellLogs(deps.cluster, story, { ...look, isMany, mask }))) return 'more lines';
  const failure = look.verdicts.find((it) => it.verdict.state === 'failed');
  if (failure) throw failureOf(failure.verdict, await story.text());
  if (!isBuilt(look.verdicts)) return 'nothing new';
  await keepImages(deps, build, look);
  return 'ended';
};

/** Most builds are short; long ones need not ask so often. */
const interval = (elapsed: number): number => (elapsed < 60_000 ? shortInterval : longInterval);

interface Look {
  readonly verdicts: readonly Judged[];
  readonly sources: readonly LogSource[];
  readonly repository: string;
}

interface Judged {
  readonly job: JobPlan;
  readonly verdict: JobVerdict;
}

/** Jobs before pods: a Job that has ended is then never seen with a pod that has not. */
const observe = async (
  { rack, cluster, clock }: WatchJobsDependencies,
  { app, id }: Build,
  plan: BuildPlan
): Promise<Look> => {
  const namespace = buildNamespace(rack);
  const selector = buildSelector({ rack, app, id });
  const jobs = await cluster.list('Job', namespace, selector);
  const pods = await cluster.list('Pod', namespace, selector);
  const verdicts = plan.jobs.map((job) => {
    const name = jobName(id, job.number);
    const verdict = judgeJob({
      job: jobs.items.find((it) => it.metadata.name === name),
      pod: pods.items.find((it) => it.metadata.labels?.['job'] === name),
      now: clock(),
      services: job.services,
    });
    return { job, verdict };
  });
  const sources = pods.items.flatMap(buildLogSources);
  return { verdicts, sources, repository: repositoryIn(jobs.items) };
};

const repositoryIn = (jobs: readonly KubernetesObject[]): string =>
  jobs[0]?.metadata.annotations?.[repositoryAnnotation] ?? '';

interface Told {
  readonly sources: readonly LogSource[];
  readonly isMany: boolean;
  readonly mask: (text: string) => string;
}

/** Adds what the containers have written since the last round. True when that is all there is. */
const tellLogs = async (
  cluster: Cluster,
  story: BuildStory,
  { sources, isMany, mask }: Told
): Promise<boolean> => {
  const { positions } = story;
  const readings = await Promise.all(
    sources.map((source) =>
      readSource(cluster, source, { position: positions.get(source.key) ?? beginning })
    )
  );
  const page = mergeReadings(readings, limits);
  const lines = page.lines.map(({ at, text, source }) => ({
    at: new Date(Number(at / 1_000_000n)).toISOString(),
    text: isMany ? `[${source.service}] ${mask(text)}` : mask(text),
  }));
  await story.addLog(lines, page.positions);
  const read = readings.reduce((sum, it) => sum + it.lines.length, 0);
  return read === lines.length && !readings.some((it) => it.isCut);
};

const beginning = { at: 0n, count: 0, restarts: 0 };

const isBuilt = (verdicts: readonly Judged[]): boolean =>
  verdicts.length > 0 && verdicts.every(({ verdict }) => verdict.state === 'built');

/** All services of one Job run the same image. */
const keepImages = async (
  { builds }: WatchJobsDependencies,
  { app, id }: Build,
  { verdicts, repository }: Look
): Promise<void> => {
  const images = verdicts.flatMap(({ job, verdict }): BuiltImage[] =>
    verdict.state === 'built'
      ? job.services.map((service) => ({ service, image: `${repository}@${verdict.digest}` }))
      : []
  );
  await builds.change(app, id, { images });
};

/** What the builder itself said is worth more than its exit code. */
const failureOf = (verdict: JobVerdict, log: string): BuildFailure => {
  if (verdict.state !== 'failed') throw new Error(`a job that is ${verdict.state} has not failed`);
  const cause = verdict.isOfSource ? lastError(log) : '';
  return new BuildFailure(cause ? `${verdict.reason}: ${cause}` : verdict.reason);
};

/** The last line that calls itself an error, or else the last one. */
const lastError = (log: string): string => {
  const lines = log
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);
  const line = lines.findLast((it) => /\berror\b/i.test(it)) ?? lines.at(-1) ?? '';
  return line.length > longestCause ? `${line.slice(0, longestCause)}…` : line;
};

const longestCause = 500;
