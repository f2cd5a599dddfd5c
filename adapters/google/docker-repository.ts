import * as z from 'zod';
import { ConflictError, UnavailableError } from '#core/errors.ts';
import type { GoogleApi } from './google-api.ts';
import { GoogleError } from './google-error.ts';
import {
  type ArtifactRegistrySettings,
  type RepositoryKind,
  repositoryId,
  repositoryName,
} from './resource-names.ts';

const Repository = z.object({
  format: z.string(),
  labels: z.record(z.string(), z.string()).default({}),
  dockerConfig: z.object({ immutableTags: z.boolean().default(false) }).default({
    immutableTags: false,
  }),
});

type Repository = z.infer<typeof Repository>;

const Operation = z.object({
  name: z.string(),
  done: z.boolean().default(false),
  error: z.object({ message: z.string().default('') }).optional(),
});
type Operation = z.infer<typeof Operation>;

export interface AppRepository {
  readonly settings: ArtifactRegistrySettings;
  readonly app: string;
  readonly kind: RepositoryKind;
}

/**
 * Makes a repository on first use. Images are immutable under their tag; in the cache tags move.
 * @throws ConflictError for one of that name that is not this app's.
 */
export const ensureRepository = async (api: GoogleApi, it: AppRepository): Promise<void> => {
  if (await isThere(api, it)) return;
  try {
    await finish(api, await create(api, it), 'made');
  } catch (error) {
    // Somebody else was quicker.
    if (!(error instanceof GoogleError && error.status === 409)) throw error;
    await isThere(api, it);
  }
};

/** With all that is in it, also what immutable tags name. One that is not this app's stays. */
export const removeRepository = async (api: GoogleApi, it: AppRepository): Promise<void> => {
  const found = await find(api, it);
  if (!found || !isOurs(found, it)) return;
  const name = repositoryName(it.settings, it.app, it.kind);
  const begun = await api.find(Operation, {
    url: `${api.endpoints.artifactRegistry}/v1/${name}`,
    method: 'DELETE',
    doing: `delete repository ${name}`,
  });
  if (begun) await finish(api, begun, 'deleted');
};

const labelsOf = ({ settings: { rack }, app, kind }: AppRepository) => ({
  'rackless-rack': rack,
  'rackless-app': app,
  'rackless-kind': kind,
});

const find = (api: GoogleApi, it: AppRepository): Promise<Repository | undefined> => {
  const name = repositoryName(it.settings, it.app, it.kind);
  return api.find(Repository, {
    url: `${api.endpoints.artifactRegistry}/v1/${name}`,
    doing: `show repository ${name}`,
  });
};

const isOurs = ({ format, labels }: Repository, it: AppRepository): boolean =>
  format === 'DOCKER' &&
  Object.entries(labelsOf(it)).every(([key, value]) => labels[key] === value);

const isThere = async (api: GoogleApi, it: AppRepository): Promise<boolean> => {
  const found = await find(api, it);
  if (!found) return false;
  const isAsMade = found.dockerConfig.immutableTags === (it.kind === 'images');
  if (isAsMade && isOurs(found, it)) return true;
  const name = repositoryName(it.settings, it.app, it.kind);
  throw new ConflictError(`repository ${name} is not the one of app ${it.app}`, {
    hint: 'delete or rename what is there, or keep the rack in a Google project of its own',
  });
};

const create = (api: GoogleApi, it: AppRepository): Promise<Operation> => {
  const { project, location, rack } = it.settings;
  const id = repositoryId(rack, it.app, it.kind);
  return api.call(Operation, {
    url: `${api.endpoints.artifactRegistry}/v1/projects/${project}/locations/${location}/repositories?repositoryId=${id}`,
    doing: `make repository ${id}`,
    body: {
      format: 'DOCKER',
      mode: 'STANDARD_REPOSITORY',
      description: `${it.kind === 'cache' ? 'Build cache' : 'Images'} of ${it.app}, kept by rackless`,
      labels: labelsOf(it),
      dockerConfig: { immutableTags: it.kind === 'images' },
    },
  });
};

/** Looked at so often, and no more; milliseconds. A repository takes a few seconds. */
const pauses = [250, 500, 1000, 2000, 2000, 2000, 2000];

const finish = async (
  api: GoogleApi,
  begun: Operation,
  what: 'made' | 'deleted'
): Promise<void> => {
  let operation = begun;
  for (const pause of pauses) {
    if (operation.done) break;
    await api.sleep(pause);
    operation = await api.call(Operation, {
      url: `${api.endpoints.artifactRegistry}/v1/${operation.name}`,
      doing: 'show how far a repository is',
    });
  }
  const problem = operation.done ? operation.error?.message : 'it takes too long';
  if (problem === undefined) return;
  throw new UnavailableError(`google has not ${what} the repository: ${problem}`, {
    hint: 'try again in a minute',
  });
};
