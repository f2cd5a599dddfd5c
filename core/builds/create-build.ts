import type { Apps } from '../apps/ports.ts';
import { requireOpenApp } from '../apps/require-open-app.ts';
import { type Clock, timestamp } from '../clock.ts';
import { InvalidRequestError, NotFoundError } from '../errors.ts';
import { type GrantPushDependencies, grantPush } from '../grants/grant-push.ts';
import { repositoryUrl } from '../grants/show-grant.ts';
import { keyOf } from '../objects/object-key.ts';
import type { Objects } from '../objects/ports.ts';
import { actorName, type Token } from '../tokens/token.ts';
import type { Build } from './build.ts';
import { newBuild } from './new-build.ts';
import { parseBuildArgs } from './parse-build-args.ts';
import type { BuildRuns, Builds } from './ports.ts';
import { showBuild } from './show-build.ts';

interface Dependencies extends GrantPushDependencies {
  readonly apps: Apps;
  readonly builds: Builds;
  readonly buildRuns: BuildRuns;
  readonly objects: Pick<Objects, 'size'>;
}

interface CreateBuild {
  readonly app: string;
  readonly url: string;
  readonly 'build-args'?: string | string[] | undefined;
  readonly description: string;
  readonly development: boolean;
  readonly external: boolean;
  readonly 'no-grant': boolean;
  readonly manifest: string;
  readonly 'no-cache': boolean;
  readonly 'git-sha': string;
  readonly 'git-dirty'?: boolean | undefined;
}

/** Records a build of an uploaded source and starts it, or one that its caller makes and pushes. */
export const createBuild =
  (deps: Dependencies) => async (request: CreateBuild, caller: Token | undefined) => {
    await requireOpenApp(deps.apps, request.app);
    const actor = actorName(caller);
    if (request.external) return createExternal(deps, request, actor);
    await requireSource(deps.objects, request);
    const build = await deps.builds.create(buildOf(request, deps.clock, actor));
    await startOrFail(deps, build);
    return showBuild(build);
  };

/** Convox's clients build before they push, with the one credential they get: theirs lives longer. */
const wholeBuild = 3600;

const createExternal = async (deps: Dependencies, request: CreateBuild, actor: string) => {
  const build = await deps.builds.create({ ...buildOf(request, deps.clock, actor), source: '' });
  if (request['no-grant']) return showBuild(build);
  return showBuild(build, await grantedUrl(deps, build, actor));
};

/** What a Convox client finds in `repository` while its build goes on. */
export const grantedUrl = async (
  deps: GrantPushDependencies,
  { app, id }: Build,
  actor: string
): Promise<string> => {
  const wish = { app, build: id, actor, seconds: wholeBuild, withCache: false };
  const { credential } = await grantPush(deps, wish);
  return repositoryUrl(credential);
};

const requireSource = async (
  objects: Pick<Objects, 'size'>,
  { app, url }: CreateBuild
): Promise<void> => {
  const key = keyOf(app, url);
  if (!key) {
    throw new InvalidRequestError(`url: not a source of app ${app}: ${url}`);
  }
  if ((await objects.size(app, key)) === undefined) {
    throw new NotFoundError(`object not found: ${url}`, { hint: 'upload the source first' });
  }
};

const buildOf = (request: CreateBuild, clock: Clock, actor: string): Omit<Build, 'id'> =>
  newBuild({
    app: request.app,
    description: request.description,
    gitSha: request['git-sha'],
    ...(request['git-dirty'] !== undefined && { gitDirty: request['git-dirty'] }),
    source: request.url,
    manifestPath: request.manifest,
    buildArgs: parseBuildArgs(request['build-args']),
    noCache: request['no-cache'],
    development: request.development,
    external: request.external,
    started: timestamp(clock),
    actor,
  });

interface StartDependencies {
  readonly builds: Builds;
  readonly buildRuns: BuildRuns;
  readonly clock: Clock;
}

/** A build that could not be started must not stay `created` for ever. */
export const startOrFail = async (deps: StartDependencies, { app, id }: Build): Promise<void> => {
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
