import { join } from 'node:path';
import { createBuild, updateBuild } from '#contracts/builds.ts';
import { createRelease } from '#contracts/releases.ts';
import { type BuildJob, resolveArgs, resolveSecrets } from '#core/builds/build-plan.ts';
import { parseBuildArgs } from '#core/builds/parse-build-args.ts';
import type { Provenance } from '#core/builds/provenance.ts';
import type { Context } from '../../context.ts';
import { CliError, InterruptedError } from '../../errors.ts';
import type { Options } from '../../options.ts';
import { findSource, type Source } from '../../source/find-source.ts';
import type { Built } from '../build-source.ts';
import { type GitFacts, gitFacts } from '../git-facts.ts';
import { findBases } from './bases.ts';
import { buildArguments } from './builder.ts';
import { findBuilder } from './find-builder.ts';
import { keepLog } from './keep-log.ts';
import { type ExternalPlan, planExternal } from './plan.ts';
import { type BuiltImage, logIn, pushImages } from './push-images.ts';
import { Workshop } from './workshop.ts';

/**
 * Builds a folder's images here, pushes them straight to the registry, and makes the release once
 * the rack has found there what was pushed. Throws when any of it fails; the build then has failed.
 */
export const buildExternal = async (
  context: Context,
  folder: string,
  options: Options
): Promise<Built> => {
  const source = findSource(context.host.cwd, folder, options.manifest ?? 'convox.yml');
  const wish = {
    args: parseBuildArgs(options.buildArgs),
    development: options.development ?? false,
  };
  // Without a builder the rack is asked nothing.
  const [builder, facts] = await Promise.all([
    findBuilder(context.host, options.builder),
    gitFacts(context.host, source),
  ]);
  const plan = await planExternal(context, source, wish);
  const workshop = new Workshop(context, builder);
  try {
    const build = await begin(context, { source, options, facts });
    return await finish(context, workshop, { app: context.app(), build, plan, source, options });
  } finally {
    workshop.close();
  }
};

interface Beginning {
  readonly source: Source;
  readonly options: Options;
  readonly facts: GitFacts;
}

const begin = async (
  { call, out, app }: Context,
  { source, options, facts: { description, ...facts } }: Beginning
): Promise<string> => {
  out.step('Starting build');
  const { id } = await call(createBuild, {
    app: app(),
    external: true,
    'no-grant': true,
    ...facts,
    description: options.description ?? description,
    development: options.development ?? false,
    manifest: source.manifestFile,
    'no-cache': options.cache === false,
  });
  out.done();
  out.record({ type: 'build', build: id });
  return id;
};

interface Work {
  readonly app: string;
  readonly build: string;
  readonly plan: ExternalPlan;
  readonly source: Source;
  readonly options: Options;
}

const finish = async (context: Context, workshop: Workshop, work: Work): Promise<Built> => {
  const { app, build, source } = work;
  try {
    const running = context.call(updateBuild, { app, id: build, status: 'running' });
    const building = buildAll(workshop, work);
    // Both to their ends: word of a failure must not be overtaken by this one.
    await Promise.allSettled([running, building]);
    await running;
    const built = await building;
    // Asked before anything is pushed: a pushed image has digests of its own.
    const [provenance, login] = await Promise.all([
      provenanceOf(workshop),
      built.length > 0 ? logIn(context, workshop, build) : undefined,
    ]);
    const images = login
      ? await pushImages(context, workshop, { build, images: built, login })
      : {};
    const { manifest } = source;
    return await report(context, { build, manifest, images, log: workshop.log, provenance });
  } catch (error) {
    await recordFailure(context, { build, error, log: workshop.log });
    throw error instanceof InterruptedError ? error : failure(error, build, context.app());
  }
};

const buildAll = async (workshop: Workshop, work: Work): Promise<readonly BuiltImage[]> => {
  const images: BuiltImage[] = [];
  // One after the other: a builder uses all of the machine as it is.
  for (const job of work.plan.jobs) images.push(await buildOne(workshop, work, job));
  return images;
};

const buildOne = async (
  workshop: Workshop,
  { app, plan, source: { folder }, options }: Work,
  job: BuildJob
): Promise<BuiltImage> => {
  workshop.say(`Building: ${job.path} (${job.services.join(', ')})`);
  const idFile = `${job.number}.id`;
  const values = resolveArgs(job.args, plan.env);
  const secrets = resolveSecrets(job.secrets, plan.env).map((it, index) => ({
    ...it,
    variable: `RACKLESS_SECRET_${index}`,
  }));
  const args = buildArguments({
    idFile: join(workshop.folder, idFile),
    dockerfile: join(folder, job.dockerfile),
    context: join(folder, job.path),
    args: values.map(({ name }) => name),
    secrets: secrets.map(({ name: id, variable }) => ({ id, variable })),
    target: job.target,
    platform: options.platform,
    noCache: options.cache === false,
  });
  await workshop.run(args, {
    ...Object.fromEntries(values.map(({ name, value }) => [name, value])),
    ...Object.fromEntries(secrets.map(({ variable, value }) => [variable, value])),
    // Docker's older builder knows no secrets.
    ...(secrets.length > 0 && { DOCKER_BUILDKIT: '1' }),
  });
  const image = workshop.read(idFile);
  // A name of its own keeps the image after the push: the next build's cache.
  await workshop.runQuietly(['tag', image, `rackless/${app}:${job.services[0]}`]);
  return { image, services: job.services };
};

const provenanceOf = async (workshop: Workshop): Promise<Provenance> => ({
  builder: workshop.builderName.slice(0, 200),
  bases: await findBases(workshop.log, (image) =>
    workshop.runQuietly(workshop.builder.digestOf(image))
  ),
  sbom: false,
});

interface Report {
  readonly build: string;
  readonly manifest: string;
  readonly images: Readonly<Record<string, string>>;
  readonly log: string;
  readonly provenance: Provenance;
}

/** The rack looks at the registry before it believes; only then is there a release. */
const report = async (
  { call, app, host }: Context,
  { build: id, log, ...pushed }: Report
): Promise<Built> => {
  const ended = host.clock.now().toISOString();
  const [logs] = await Promise.all([
    keepLog(call, { app: app(), build: id, log }),
    call(updateBuild, { app: app(), id, ...pushed, ended }),
  ]);
  const { id: release } = await call(createRelease, { app: app(), build: id });
  await call(updateBuild, { app: app(), id, release, logs, status: 'complete' });
  return { build: id, release };
};

interface Failed {
  readonly build: string;
  readonly error: unknown;
  readonly log: string;
}

/** The build must not stand as running, and its credential must go. The failure itself matters more. */
const recordFailure = async (
  { callAnyway, out, app: appOf, host }: Context,
  { build, error, log }: Failed
): Promise<void> => {
  const app = appOf();
  const reason = error instanceof Error ? error.message : String(error);
  try {
    const logs = await keepLog(callAnyway, { app, build, log: `${log}ERROR: ${reason}\n` });
    const ended = host.clock.now().toISOString();
    await callAnyway(updateBuild, { app, id: build, status: 'failed', reason, ended, logs });
  } catch {
    out.note(`Could not tell the rack that build ${build} failed: it ends it by itself`);
  }
};

const failure = (error: unknown, build: string, app: string): CliError => {
  if (!(error instanceof CliError)) throw error;
  const log = `Log: rackless builds logs ${build} -a ${app}`;
  const story = [error.message, ...(error.hint ? [error.hint] : []), log];
  return new CliError('BuildFailed', 'build failed', { story, hint: error.hint, cause: error });
};
