import * as z from 'zod';
import { Build } from './builds.ts';
import { endpoint } from './endpoint.ts';
import { AppName, BuildId } from './fields.ts';

/** How far the archive of a build is: one `.tgz` with its record and an OCI image layout. */
export const Export = z.object({
  build: z.string(),
  status: z.enum(['running', 'complete', 'failed']),
  /** Bytes that are in the archive, and those that will be; 0 while nobody knows. */
  done: z.number(),
  total: z.number(),
  /** Why it failed. */
  reason: z.string(),
  /** Where a complete one can be fetched, for an hour. */
  url: z.string().optional(),
});
export type Export = z.infer<typeof Export>;

/** Begins to make the archive, unless it is there: it is kept for a day. */
export const startExport = endpoint({
  method: 'POST',
  path: '/apps/{app}/builds/{id}/export',
  group: 'api',
  permission: 'build:write',
  input: z.object({ app: AppName, id: BuildId }),
  response: Export,
});

export const getExport = endpoint({
  method: 'GET',
  path: '/apps/{app}/builds/{id}/export',
  group: 'api',
  permission: 'build:write',
  input: z.object({ app: AppName, id: BuildId }),
  response: Export,
});

/** Convox's export: leads to the archive, by way of itself while it is being made. */
export const downloadExport = endpoint({
  method: 'GET',
  path: '/apps/{app}/builds/{id}.tgz',
  group: 'api',
  permission: 'build:write',
  input: z.object({ app: AppName, id: BuildId }),
  response: z.string(),
  answer: 'redirect',
});

/** Makes a build of an archive: of the body, or of one that was uploaded for it. */
export const importBuild = endpoint({
  method: 'POST',
  path: '/apps/{app}/builds/import',
  group: 'api',
  permission: 'build:write',
  input: z.object({ app: AppName, url: z.string().default(''), body: z.string().default('') }),
  response: Build,
  content: true,
});
