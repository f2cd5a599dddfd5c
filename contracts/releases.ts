import * as z from 'zod';
import { endpoint } from './endpoint.ts';
import { AppName, Flag, Limit, ReleaseId, Time } from './fields.ts';
import { Promotion } from './promotions.ts';

export const Release = z.object({
  id: z.string(),
  app: z.string(),
  build: z.string(),
  /** Sorted `K=V` lines. Only in answers to those who hold `env:read`. */
  env: z.string(),
  manifest: z.string(),
  description: z.string(),
  created: Time,
  /** Kept until the pin is taken away. */
  pinned: z.boolean().optional(),
  /** When its images, environment and manifest were given up: it can't be promoted or rolled back to. */
  expired: Time.optional(),
});
export type Release = z.infer<typeof Release>;

export const listReleases = endpoint({
  method: 'GET',
  path: '/apps/{app}/releases',
  group: 'api',
  permission: 'app:read',
  input: z.object({ app: AppName, limit: Limit }),
  response: z.array(Release),
});

export const getRelease = endpoint({
  method: 'GET',
  path: '/apps/{app}/releases/{id}',
  group: 'api',
  permission: 'env:read',
  input: z.object({ app: AppName, id: ReleaseId }),
  response: Release,
});

/** Convox's rule: starts from the latest release (or `parent-release`) and replaces what is given. */
export const createRelease = endpoint({
  method: 'POST',
  path: '/apps/{app}/releases',
  group: 'api',
  permission: 'env:write',
  input: z.object({
    app: AppName,
    build: z.string().optional(),
    description: z.string().max(1000).optional(),
    env: z.string().optional(),
    'parent-release': z.string().optional(),
  }),
  response: Release,
});

/** Changes keys on the server: no value travels to the client and back. */
export const changeEnvironment = endpoint({
  method: 'PATCH',
  path: '/apps/{app}/environment',
  group: 'api',
  permission: 'env:write',
  input: z.object({
    app: AppName,
    set: z.record(z.string(), z.string()).default({}),
    unset: z.array(z.string()).default([]),
    /** Drop every key that is not in `set`. */
    replace: z.boolean().default(false),
    /** Start from this release instead of the latest. */
    release: ReleaseId.optional(),
    /** The release the client saw last; 409 names the keys changed since, if another is newer. */
    'based-on': ReleaseId.optional(),
  }),
  response: Release,
});

/** A new release with the build and environment of an old one. Promote it to go back. */
export const rollbackRelease = endpoint({
  method: 'POST',
  path: '/apps/{app}/releases/{id}/rollback',
  group: 'api',
  permission: 'release:write',
  input: z.object({ app: AppName, id: ReleaseId }),
  response: Release,
});

/** Keeps a release, its images and its environment, however old it gets. */
export const pinRelease = endpoint({
  method: 'PUT',
  path: '/apps/{app}/releases/{id}/pin',
  group: 'api',
  permission: 'release:write',
  input: z.object({ app: AppName, id: ReleaseId }),
  response: Release,
});

/** Lets a release expire when its time has come. */
export const unpinRelease = endpoint({
  method: 'DELETE',
  path: '/apps/{app}/releases/{id}/pin',
  group: 'api',
  permission: 'release:write',
  input: z.object({ app: AppName, id: ReleaseId }),
  response: Release,
});

/** Empty is none of both: it must not become 0. */
const Percent = z.union([z.number(), z.string().min(1)]);

export const promoteRelease = endpoint({
  method: 'POST',
  path: '/apps/{app}/releases/{id}/promote',
  group: 'api',
  permission: 'promote',
  input: z.object({
    app: AppName,
    id: ReleaseId,
    /** While another promotion runs: cancel it, and run when it has rolled back. */
    force: Flag,
    /** While another promotion runs: run after it. A newer release takes the place of one that waits. */
    queue: Flag,
    /** Take over fields of our objects that another field manager has changed. */
    'force-conflicts': Flag,
    /** Seconds without progress after which the release is rolled back. */
    timeout: z.coerce.number().int().min(10).max(21_600).optional(),
    idle: z.string().optional(),
    development: z.string().optional(),
    /** Percent of the processes that run during the update, for all services, in place of the manifest's. */
    min: Percent.pipe(z.coerce.number<string | number>().int().min(0).max(100)).optional(),
    max: Percent.pipe(z.coerce.number<string | number>().int().min(100).max(200)).optional(),
  }),
  response: Promotion,
});
