import type { Apps } from '../../apps/ports.ts';
import { requireApp } from '../../apps/require-app.ts';
import { isFromArchive } from '../../archives/archive-key.ts';
import { type ReadArchiveDependencies, readArchive } from '../../archives/tasks/read-archive.ts';
import { type Environment, parseEnvironment } from '../../environments/environment.ts';
import { distinctBuilds } from '../../manifests/distinct-builds.ts';
import type { Manifest } from '../../manifests/manifest.ts';
import { parseManifest } from '../../manifests/parse-manifest.ts';
import { keyOf } from '../../objects/object-key.ts';
import type { Releases } from '../../releases/ports.ts';
import type { Build } from '../build.ts';
import { type BuildPlan, dockerfileOf, type JobPlan, planBuild, planKey } from '../build-plan.ts';
import { BuildStory, type StoryDependencies } from '../build-story.ts';
import type { BuilderSettings } from '../job-input.ts';
import { planCopies } from '../plan-copies.ts';
import { type CopyingPlan, planImport } from '../plan-import.ts';
import type { Builds } from '../ports.ts';
import { type SourceLoginDependencies, sourceLogin } from '../source-login.ts';
import type { Images, Sources } from '../task-ports.ts';
import { BuildFailure, buildTask, type NextState } from './build-task.ts';

export interface ReadSourceDependencies
  extends StoryDependencies,
    SourceLoginDependencies,
    ReadArchiveDependencies {
  readonly apps: Apps;
  readonly builds: Builds;
  readonly releases: Releases;
  readonly sources: Sources;
  readonly images: Images;
  readonly settings: Pick<BuilderSettings, 'copyImages'>;
}

/** Reads and checks the manifest and the Dockerfiles, and plans the build, before anything runs. */
export const readSource = (deps: ReadSourceDependencies) =>
  buildTask(deps, async (build) => {
    await deps.builds.change(build.app, build.id, { status: 'running' });
    if (isFromArchive(build)) {
      await readArchive(deps, build);
      return 'ImportImages';
    }
    const env = await buildEnvironment(deps.releases, build);
    const manifest = await readManifest(deps, build, env);
    const { plan, copied } = build.imported
      ? planImport(manifest, build.imported, deps.settings)
      : await planSource(deps, build, { manifest, env });
    const login = await sourceLogin(deps, build);
    const pin = (image: string) => deps.images.pin(image, login);
    const whole = await planCopies(plan, copied, pin);
    await deps.documents.write(planKey(build.app, build.id), whole);
    await tell(deps, build, { manifest, plan: whole });
    return next(whole.jobs.length);
  });

interface Read {
  readonly manifest: Manifest;
  readonly env: Environment;
}

const planSource = async (
  deps: ReadSourceDependencies,
  build: Build,
  { manifest, env }: Read
): Promise<CopyingPlan> => {
  const dockerfiles = await readDockerfiles(deps, build, manifest);
  const plan = planBuild({ manifest, dockerfiles, env, development: build.development });
  return { plan, copied: deps.settings.copyImages ? plan.images : [] };
};

const next = (jobs: number): NextState => (jobs > 0 ? 'GrantPush' : 'MakeRelease');

/** Convox's rule: the environment of the latest release, then the build's own arguments. */
export const buildEnvironment = async (
  releases: Pick<Releases, 'latest'>,
  { app, buildArgs }: Build
): Promise<Environment> => {
  const latest = await releases.latest(app);
  return { ...parseEnvironment(latest?.env ?? ''), ...buildArgs };
};

/** The text is kept before it is judged: a bad manifest can be looked at. */
const readManifest = async (
  deps: ReadSourceDependencies,
  build: Build,
  env: Environment
): Promise<Manifest> => {
  const { app, id, manifestPath } = build;
  const { policy } = await requireApp(deps.apps, app);
  if (build.imported) return parseManifest(build.manifest, { env, policy });
  const text = (await readFiles(deps, build, [manifestPath])).get(manifestPath);
  if (text === undefined) throw new BuildFailure(`no such file: ${manifestPath}`);
  await deps.builds.change(app, id, { manifest: text });
  return parseManifest(text, { env, policy });
};

const readDockerfiles = (deps: ReadSourceDependencies, build: Build, manifest: Manifest) => {
  const paths = distinctBuilds(manifest).map(dockerfileOf);
  return paths.length > 0 ? readFiles(deps, build, paths) : Promise.resolve(new Map());
};

const readFiles = (
  { sources }: ReadSourceDependencies,
  { app, source }: Build,
  paths: readonly string[]
): Promise<ReadonlyMap<string, string>> => {
  const key = keyOf(app, source);
  if (!key) throw new BuildFailure(`not an object of app ${app}: ${source}`);
  return sources.readFiles({ app, key }, paths);
};

interface Planned {
  readonly manifest: Manifest;
  readonly plan: BuildPlan;
}

const tell = async (
  deps: ReadSourceDependencies,
  { app, id }: Build,
  { manifest, plan }: Planned
): Promise<void> => {
  const story = await BuildStory.open(deps, { app, id });
  await story.say(
    'source',
    ...manifest.warnings.map((it) => `warning: ${it.message} (line ${it.line})`),
    ...plan.jobs.map(lineOf)
  );
};

const lineOf = (job: JobPlan): string => {
  const services = job.services.join(', ');
  if (job.kind === 'copy') return `Copying: ${job.image} (${services})`;
  return job.services.length > 1 ? `Building: ${job.path} (${services})` : `Building: ${job.path}`;
};
