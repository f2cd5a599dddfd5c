import type { Apps } from '../apps/ports.ts';
import { requireOpenApp } from '../apps/require-open-app.ts';
import { type Clock, timestamp } from '../clock.ts';
import { InvalidRequestError, NotFoundError } from '../errors.ts';
import { keyOf } from '../objects/object-key.ts';
import type { Objects } from '../objects/ports.ts';
import { actorName, type Token } from '../tokens/token.ts';
import type { Build } from './build.ts';
import { parseBuildArgs } from './parse-build-args.ts';
import type { BuildRuns, Builds } from './ports.ts';
import { showBuild } from './show-build.ts';

interface Dependencies {
  readonly apps: Apps;
  readonly builds: Builds;
  readonly buildRuns: BuildRuns;
  readonly objects: Objects;
  readonly clock: Clock;
}

interface CreateBuild {
  readonly app: string;
  readonly url: string;
  readonly 'build-args'?: string | string[] | undefined;
  readonly description: string;
  readonly development: boolean;
  readonly external: boolean;
  readonly manifest: string;
  readonly 'no-cache': boolean;
  readonly 'git-sha': string;
}

/** Records a build of an uploaded source and starts it. */
export const createBuild =
  (deps: Dependencies) => async (request: CreateBuild, caller: Token | undefined) => {
    await requireOpenApp(deps.apps, request.app);
    await requireSource(deps.objects, request);
    const build = await deps.builds.create(buildOf(request, deps.clock, actorName(caller)));
    await startOrFail(deps, build);
    return showBuild(build);
  };

const requireSource = async (
  objects: Objects,
  { app, url, external }: CreateBuild
): Promise<void> => {
  if (external) {
    throw new InvalidRequestError('external builds are not available on this rack yet', {
      hint: 'build in the cluster: leave out --external',
    });
  }
  const key = keyOf(app, url);
  if (!key) {
    throw new InvalidRequestError(`url: not a source of app ${app}: ${url}`);
  }
  if ((await objects.size(app, key)) === undefined) {
    throw new NotFoundError(`object not found: ${url}`, { hint: 'upload the source first' });
  }
};

const buildOf = (request: CreateBuild, clock: Clock, actor: string): Omit<Build, 'id'> => ({
  app: request.app,
  status: 'created',
  description: request.description,
  gitSha: request['git-sha'],
  source: request.url,
  manifestPath: request.manifest,
  manifest: '',
  buildArgs: parseBuildArgs(request['build-args']),
  noCache: request['no-cache'],
  development: request.development,
  external: request.external,
  images: [],
  release: '',
  reason: '',
  entrypoint: '',
  started: timestamp(clock),
  ended: '',
  actor,
});

/** A build that could not be started must not stay `created` for ever. */
const startOrFail = async (deps: Dependencies, { app, id }: Build): Promise<void> => {
  try {
    await deps.buildRuns.start({ app, id });
  } catch (error) {
    const ended = timestamp(deps.clock);
    await deps.builds.change(app, id, {
      status: 'failed',
      reason: 'the build could not be started',
      ended,
    });
    throw error;
  }
};
