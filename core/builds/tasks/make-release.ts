import type { Apps } from '../../apps/ports.ts';
import { requireApp } from '../../apps/require-app.ts';
import { ConflictError } from '../../errors.ts';
import type { Cluster } from '../../kubernetes/ports.ts';
import { makeRelease as makeReleaseOf } from '../../releases/make-release.ts';
import type { Releases } from '../../releases/ports.ts';
import type { Build, BuiltImage } from '../build.ts';
import { BuildStory, type StoryDependencies } from '../build-story.ts';
import { cleanUp, type FinishDependencies, finishBuild } from '../finish-build.ts';
import type { Builds } from '../ports.ts';
import type { Images } from '../task-ports.ts';
import { BuildFailure, buildTask } from './build-task.ts';
import { removeContextList } from './context-list.ts';
import { readPlan } from './start-jobs.ts';

export interface MakeReleaseDependencies extends StoryDependencies, FinishDependencies {
  readonly rack: string;
  readonly apps: Apps;
  readonly builds: Builds;
  readonly releases: Releases;
  readonly images: Images;
  readonly cluster: Cluster;
}

/** The end of a build and its release, once: images first, so that no release is there without them. */
export const makeRelease = (deps: MakeReleaseDependencies) =>
  buildTask(deps, async (build) => {
    const story = await BuildStory.open(deps, build);
    const images = await allImages(deps, build, story);
    await deps.builds.change(build.app, build.id, { images, committed: true });
    const release = await releaseOf(deps, build);
    await deps.builds.change(build.app, build.id, { release });
    await cleanUp(deps, build, { jobs: false });
    await removeContextList(deps, build);
    await finishBuild(deps, build, { status: 'complete', reason: '', release, story });
    return 'Complete';
  });

/** That of an import is for its client to make, as with Convox. */
const releaseOf = async (deps: MakeReleaseDependencies, build: Build): Promise<string> =>
  build.imported ? '' : build.release || (await findOrMake(deps, build));

/** Those that were built, and those that services name, by digest as far as their registry tells. */
const allImages = async (
  deps: MakeReleaseDependencies,
  build: Build,
  story: BuildStory
): Promise<readonly BuiltImage[]> => {
  const plan = await readPlan(deps.documents, build);
  const named = await Promise.all(
    plan.images.map(async ({ service, image }) => ({
      service,
      reference: image,
      pinned: await deps.images.pin(image),
    }))
  );
  await story.say(
    'images',
    ...named.map(({ service, reference, pinned }) =>
      pinned
        ? `Image of ${service}: ${pinned}`
        : `warning: ${reference} of service ${service} is used as it is: its registry does not tell its digest`
    )
  );
  const planned = new Set(plan.images.map((it) => it.service));
  return [
    ...build.images.filter(({ service }) => !planned.has(service)),
    ...named.map(({ service, reference, pinned }) => ({ service, image: pinned ?? reference })),
  ];
};

/** How far back an earlier attempt's release is looked for. */
const recent = 50;
const attempts = 5;

const findOrMake = async (deps: MakeReleaseDependencies, build: Build): Promise<string> => {
  // The oldest with this build: later ones may have inherited it.
  const releases = await deps.releases.list(build.app, recent);
  const found = releases.findLast((release) => release.build === build.id);
  return found?.id ?? (await makeFromLatest(deps, build));
};

/** Another release may be made at the same time; then that one is the latest. */
const makeFromLatest = async (deps: MakeReleaseDependencies, build: Build): Promise<string> => {
  const { app, actor } = build;
  if ((await requireApp(deps.apps, app)).deleting) {
    throw new BuildFailure(`app is being deleted: ${app}`);
  }
  for (let attempt = 1; ; attempt++) {
    const parent = await deps.releases.latest(app);
    try {
      return (await makeReleaseOf(deps, { app, parent, latest: parent?.id, build, actor })).id;
    } catch (error) {
      if (!(error instanceof ConflictError) || attempt === attempts) throw error;
    }
  }
};
