import { createHash } from 'node:crypto';
import type { Apps } from '../apps/ports.ts';
import { requireOpenApp } from '../apps/require-open-app.ts';
import { type Build, isFinishedBuild } from '../builds/build.ts';
import { startOrFail } from '../builds/create-build.ts';
import { findBuild } from '../builds/find-build.ts';
import { newBuild } from '../builds/new-build.ts';
import type { BuildRuns, Builds } from '../builds/ports.ts';
import { showBuild } from '../builds/show-build.ts';
import { type Clock, timestamp } from '../clock.ts';
import { ConflictError, InvalidRequestError, NotFoundError } from '../errors.ts';
import { objectUrl } from '../objects/object-key.ts';
import type { Objects } from '../objects/ports.ts';
import { actorName, type Token } from '../tokens/token.ts';
import { archiveKeyOf, importKey } from './archive-key.ts';

interface Dependencies {
  readonly apps: Apps;
  readonly builds: Builds;
  readonly buildRuns: BuildRuns;
  /** Of archives. */
  readonly transfers: Pick<Objects, 'size' | 'write'>;
  readonly clock: Clock;
  readonly sleep: (milliseconds: number) => Promise<void>;
}

interface ImportBuild {
  readonly app: string;
  /** `object://APP/KEY` of an archive that was sent before; empty when it is the body. */
  readonly url: string;
  /** Base64. */
  readonly body: string;
}

/**
 * Makes a build of an exported one. Convox's client sends the archive itself and takes the release from
 * the answer, so that it is waited for; whoever has sent the archive before follows the build.
 */
export const importBuild =
  (deps: Dependencies) =>
  async ({ app, url, body }: ImportBuild, caller: Token | undefined) => {
    await requireOpenApp(deps.apps, app);
    const source = body ? await keep(deps, app, Buffer.from(body, 'base64')) : url;
    await requireArchive(deps, app, source);
    const started = timestamp(deps.clock);
    const actor = actorName(caller);
    const build = await deps.builds.create(newBuild({ app, source, started, actor }));
    await startOrFail(deps, build);
    return showBuild(body ? await waitFor(deps, build) : build);
  };

const keep = async ({ transfers }: Dependencies, app: string, content: Buffer): Promise<string> => {
  const key = importKey(createHash('sha256').update(content).digest('hex'));
  await transfers.write(app, key, content);
  return objectUrl(app, key);
};

const requireArchive = async (
  { transfers }: Dependencies,
  app: string,
  url: string
): Promise<void> => {
  if (url === '') {
    throw new InvalidRequestError('no archive to import', {
      hint: 'send it as the body, or name one that was uploaded by url',
    });
  }
  const key = archiveKeyOf(app, url);
  if (!key) throw new InvalidRequestError(`url: not an archive of app ${app}: ${url}`);
  if ((await transfers.size(app, key)) !== undefined) return;
  throw new NotFoundError(`object not found: ${url}`, { hint: 'upload the archive first' });
};

/** The gateway gives up after 30 seconds. */
const patience = 24_000;
const pause = 500;

const waitFor = async (deps: Dependencies, { app, id }: Build): Promise<Build> => {
  const end = deps.clock() + patience;
  let build = await findBuild(deps.builds, app, id);
  while (!isFinishedBuild(build) && deps.clock() < end) {
    await deps.sleep(pause);
    build = await findBuild(deps.builds, app, id);
  }
  if (build.status === 'failed') throw new ConflictError(`build ${id} failed: ${build.reason}`);
  return build;
};
