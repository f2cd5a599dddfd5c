import type { Apps } from '../apps/ports.ts';
import { requireApp } from '../apps/require-app.ts';
import type { Build } from '../builds/build.ts';
import { findBuild } from '../builds/find-build.ts';
import type { Builds } from '../builds/ports.ts';
import { ConflictError, ExpiredError, NotFoundError } from '../errors.ts';
import { beginExport, type Export, type ExportDependencies, findExport } from './export-state.ts';

interface Dependencies extends ExportDependencies {
  readonly apps: Apps;
  readonly builds: Builds;
}

interface One {
  readonly app: string;
  readonly id: string;
}

/** Begins to make the archive of a build, unless it is there or on its way. */
export const startExport =
  (deps: Dependencies) =>
  async (one: One): Promise<Export> => {
    await requireExportable(deps, one);
    const found = await findExport(deps, one);
    return found && found.status !== 'failed' ? found : beginExport(deps, one);
  };

export const getExport =
  (deps: Dependencies) =>
  async (one: One): Promise<Export> => {
    await requireExportable(deps, one);
    const found = await findExport(deps, one);
    if (found) return found;
    throw new NotFoundError(`build ${one.id} has no export`, { hint: 'export it first' });
  };

/** The gateway gives up after 30 seconds. */
const patience = 20_000;
const pause = 500;

/**
 * Convox's export, one GET: an address to go on to. While the archive is being made that is this route
 * itself, so that a client that follows redirects waits for minutes.
 */
export const downloadExport =
  (deps: Dependencies & { readonly sleep: (milliseconds: number) => Promise<void> }) =>
  async ({ app, id }: One): Promise<string> => {
    const end = deps.clock() + patience;
    let found = await startExport(deps)({ app, id });
    while (found.status === 'running' && deps.clock() < end) {
      await deps.sleep(pause);
      found = await getExport(deps)({ app, id });
    }
    if (found.status !== 'failed') return found.url ?? `${id}.tgz`;
    throw new ConflictError(`build ${id} could not be exported: ${found.reason}`);
  };

const requireExportable = async (deps: Dependencies, { app, id }: One): Promise<void> => {
  const { deleting } = await requireApp(deps.apps, app);
  if (deleting) throw new ConflictError(`app is being deleted: ${app}`);
  refuseWithoutImages(await findBuild(deps.builds, app, id));
};

const refuseWithoutImages = ({ id, status, reason, images, expired }: Build): void => {
  if (expired) throw new ExpiredError('build', id);
  if (status === 'failed') {
    throw new ConflictError(`build ${id} has failed: there is nothing to export`, {
      ...(reason && { hint: `it failed because: ${reason}` }),
    });
  }
  if (status !== 'complete') {
    throw new ConflictError(`build ${id} is ${status}: there is nothing to export yet`, {
      hint: 'export it when it is complete',
    });
  }
  if (images.length === 0) throw new ConflictError(`build ${id} has no images to export`);
};
