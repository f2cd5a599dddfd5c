import type { Build, BuiltImage } from '../build.ts';
import { isFinishedBuild } from '../build.ts';
import { buildNamespace, buildSelector } from '../build-objects.ts';
import type { BuildPlan } from '../build-plan.ts';
import { BuildStory, type StoryDependencies } from '../build-story.ts';
import { explainFailure } from '../explain-failure.ts';
import type { BuilderSettings } from '../job-input.ts';
import { type Look, type LookDependencies, lookAtJobs } from '../look-at-jobs.ts';
import { maskSecrets } from '../mask-secrets.ts';
import { PodSignals, type PodSignalsDependencies } from '../pod-signals.ts';
import type { Builds } from '../ports.ts';
import { basesIn, builderOf } from '../provenance.ts';
import { secretsOf } from '../secrets-of-build.ts';
import { silence } from '../silence.ts';
import { type Teller, tellLogs, withoutLinesOf } from '../tell-logs.ts';
import { BuildFailure, buildTask, type NextState } from './build-task.ts';
import { readPlan } from './start-jobs.ts';

export interface WatchJobsDependencies
  extends StoryDependencies,
    LookDependencies,
    PodSignalsDependencies {
  readonly builds: Builds;
  readonly cluster: LookDependencies['cluster'] & PodSignalsDependencies['cluster'];
  readonly settings: Pick<BuilderSettings, 'image' | 'sbom' | 'silence'>;
}

/** A function lives 15 minutes; the machine then calls again. */
const longestCall = 13 * 60_000;
/** A cancelled build is noticed within it. */
const idle = 1000;
/** A watch may be lost without a word: after so long, look without a hint. */
const stale = 5000;
/** Lines that come together are told together; long builds need not tell theirs so often. */
const gathering = (elapsed: number): number => (elapsed < 60_000 ? 100 : 400);

/** Tells the story of the Jobs while they run, and keeps what they built. */
export const watchJobs = (deps: WatchJobsDependencies) =>
  buildTask(deps, async (build) => {
    const plan = await readPlan(deps.documents, build);
    const story = await BuildStory.open(deps, build);
    const mask = maskSecrets(await secretsOf(deps, build, plan));
    const watch = new JobWatch(deps, { build, plan, teller: { story, mask } });
    const begun = deps.clock();
    try {
      while (deps.clock() - begun < longestCall) {
        const next = await watch.turn();
        if (next) return next;
      }
      return 'WatchJobs';
    } finally {
      watch.close();
    }
  });

interface Watched {
  readonly build: Build;
  readonly plan: BuildPlan;
  readonly teller: Teller;
}

class JobWatch {
  readonly #deps: WatchJobsDependencies;
  readonly #watched: Watched;
  readonly #signals: PodSignals;
  readonly #begun: number;
  #look: Look | undefined;

  constructor(deps: WatchJobsDependencies, watched: Watched) {
    const key = { rack: deps.rack, app: watched.build.app, id: watched.build.id };
    this.#deps = deps;
    this.#watched = watched;
    this.#begun = deps.clock();
    this.#signals = new PodSignals(deps, {
      namespace: buildNamespace(deps.rack),
      selector: buildSelector(key),
    });
  }

  close(): void {
    this.#signals.close();
  }

  /** Verdicts wait until all that was logged is told: a failure names its last lines. */
  async turn(): Promise<NextState | undefined> {
    const { build, plan, teller } = this.#watched;
    const look = this.#look ?? (await lookAtJobs(this.#deps, build, plan));
    this.#look = look;
    this.#signals.expect(look.resourceVersion, look.sources);
    if (!(await tellLogs(this.#deps.cluster, look.sources, teller))) return undefined;
    if (await isBuilt(this.#deps, { build, look, teller })) return 'MakeRelease';
    await this.#wait(look);
    return (await hasEnded(this.#deps, build)) ? 'RecordFailure' : undefined;
  }

  async #wait({ at }: Look): Promise<void> {
    const { clock, pause } = this.#deps;
    const signal = await this.#signals.next(idle);
    if (signal !== 'time') await pause(gathering(clock() - this.#begun));
    if (signal === 'pods' || at + stale <= clock()) this.#look = undefined;
  }
}

/** Somebody has cancelled it. */
const hasEnded = async ({ builds }: WatchJobsDependencies, { app, id }: Build) => {
  const build = await builds.find(app, id);
  return !build || isFinishedBuild(build);
};

interface Judged {
  readonly build: Build;
  readonly look: Look;
  readonly teller: Teller;
}

/** @throws BuildFailure as soon as one of the images will not be. */
const isBuilt = async (
  deps: WatchJobsDependencies,
  { build, look, teller: { story } }: Judged
): Promise<boolean> => {
  for (const { job, verdict } of look.verdicts) {
    if (verdict.state !== 'failed') continue;
    const others = look.verdicts.map((it) => it.job).filter((it) => it !== job);
    throw new BuildFailure(explainFailure(verdict, withoutLinesOf(others, await story.text())));
  }
  const silent = silence(look, {
    positions: story.positions,
    now: deps.clock(),
    seconds: deps.settings.silence,
  });
  if (silent) throw new BuildFailure(silent);
  if (!look.verdicts.every(({ verdict }) => verdict.state === 'built')) return false;
  await keepImages(deps, build, { ...look, log: await story.text() });
  return true;
};

/** All services of one Job run the same image. */
const keepImages = async (
  { builds, settings }: WatchJobsDependencies,
  { app, id }: Build,
  { verdicts, repository, log }: Pick<Look, 'verdicts' | 'repository'> & { readonly log: string }
): Promise<void> => {
  const [builder = ''] = verdicts.flatMap(({ verdict }) =>
    verdict.state === 'built' ? [verdict.builder] : []
  );
  const provenance = {
    builder: builderOf(builder, settings.image),
    bases: basesIn(log),
    sbom: settings.sbom !== '',
  };
  const images = verdicts.flatMap(({ job, verdict }): BuiltImage[] =>
    verdict.state === 'built'
      ? job.services.map((service) => ({ service, image: `${repository}@${verdict.digest}` }))
      : []
  );
  await builds.change(app, id, { images, provenance });
};
