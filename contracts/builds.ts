import * as z from 'zod';
import { endpoint } from './endpoint.ts';
import { EventPage } from './events.ts';
import {
  AppName,
  BuildId,
  Cursor,
  Digest,
  Flag,
  Limit,
  MaybeFlag,
  Ok,
  ServiceName,
  Time,
} from './fields.ts';

export const BuildStatus = z.enum(['created', 'running', 'complete', 'failed']);

const fromOneLine = /^[\x20-\x7e]+$/;

/** What a builder outside the cluster says of its own work: nobody has checked it. */
export const ProvenanceClaim = z.object({
  /** With its version: `buildkit 0.34.2`. */
  builder: z.string().max(200).regex(fromOneLine, 'must be one line of plain text'),
  /** Base images, as they were resolved. */
  bases: z
    .array(z.object({ image: z.string().max(500).regex(fromOneLine), digest: Digest }))
    .max(100)
    .readonly(),
  /** An SBOM is attached to the images. */
  sbom: z.boolean(),
});

export const Provenance = z.object({
  builder: z.string(),
  bases: z.array(z.object({ image: z.string(), digest: z.string() })).readonly(),
  sbom: z.boolean(),
  /** It is the word of a client that built outside the cluster, or of an archive. */
  claimed: z.boolean(),
});

export const Build = z.object({
  id: z.string(),
  app: z.string(),
  description: z.string(),
  entrypoint: z.string(),
  'git-sha': z.string(),
  /** The source differed from that commit; left out where nobody has said. */
  'git-dirty': z.boolean().optional(),
  logs: z.string(),
  manifest: z.string(),
  process: z.string(),
  /** Once there are images. */
  provenance: Provenance.optional(),
  /** Of an imported one: the build that it is a copy of, in the words of its archive. */
  origin: z.object({ rack: z.string(), app: z.string(), build: z.string() }).optional(),
  /** When its images and log were given up. */
  expired: Time.optional(),
  release: z.string(),
  reason: z.string(),
  repository: z.string(),
  status: BuildStatus,
  started: Time,
  ended: Time,
});
export type Build = z.infer<typeof Build>;

/** Convox packs maps and lists into one string: `A=1&B=2`, or `A=1,B=2`. */
const BuildArgs = z.union([z.array(z.string()), z.string()]).optional();

export const createBuild = endpoint({
  method: 'POST',
  path: '/apps/{app}/builds',
  group: 'credentials',
  permission: 'build:write',
  input: z.object({
    app: AppName,
    url: z.string().default(''),
    'build-args': BuildArgs,
    description: z.string().max(1000).default(''),
    development: Flag,
    external: Flag,
    /** The push credential is asked for later, when there is something to push. */
    'no-grant': Flag,
    manifest: z.string().max(255).default('convox.yml'),
    'no-cache': Flag,
    'git-sha': z.string().max(64).default(''),
    'git-dirty': MaybeFlag,
    'wildcard-domain': z.string().optional(),
  }),
  response: Build,
});

export const listBuilds = endpoint({
  method: 'GET',
  path: '/apps/{app}/builds',
  group: 'api',
  permission: 'app:read',
  input: z.object({ app: AppName, limit: Limit }),
  response: z.array(Build),
});

export const getBuild = endpoint({
  method: 'GET',
  path: '/apps/{app}/builds/{id}',
  group: 'api',
  permission: 'app:read',
  input: z.object({ app: AppName, id: BuildId }),
  response: Build,
});

export const updateBuild = endpoint({
  method: 'PUT',
  path: '/apps/{app}/builds/{id}',
  group: 'credentials',
  permission: 'build:write',
  input: z.object({
    app: AppName,
    id: BuildId,
    ended: z.string().optional(),
    entrypoint: z.string().optional(),
    /** What was pushed for each service; refused if the registry reports another digest. */
    images: z.record(ServiceName, Digest).optional(),
    logs: z.string().optional(),
    manifest: z.string().optional(),
    provenance: ProvenanceClaim.optional(),
    /** No push credential in the answer to the manifest: nothing is going to be pushed. */
    'no-grant': Flag,
    /** Why it failed. */
    reason: z.string().max(2000).optional(),
    release: z.string().optional(),
    started: z.string().optional(),
    status: BuildStatus.optional(),
  }),
  response: Build,
});

/**
 * Copies an image into the app's repository, for all services of the build's manifest that name none.
 * The answer comes at once; the build goes on to `complete` or `failed`, and makes no release.
 */
export const importImage = endpoint({
  method: 'POST',
  path: '/apps/{app}/builds/{id}/image',
  group: 'cluster',
  permission: 'build:write',
  input: z.object({
    app: AppName,
    id: BuildId,
    image: z.string(),
    /** The login of its registry, for this once. */
    'src-creds-user': z.string().max(2000).default(''),
    'src-creds-pass': z.string().max(20_000).default(''),
  }),
  response: Ok,
  answer: 'text',
});

/** Ends it as failed, without a release; cancelling it again changes nothing. */
export const cancelBuild = endpoint({
  method: 'POST',
  path: '/apps/{app}/builds/{id}/cancel',
  group: 'credentials',
  permission: 'build:write',
  input: z.object({ app: AppName, id: BuildId }),
  response: Build,
});

export const getBuildLogs = endpoint({
  method: 'GET',
  path: '/apps/{app}/builds/{id}/logs',
  group: 'api',
  permission: 'app:read',
  input: z.object({ app: AppName, id: BuildId }),
  response: z.string(),
  answer: 'text',
});

export const listBuildEvents = endpoint({
  method: 'GET',
  path: '/apps/{app}/builds/{id}/events',
  group: 'api',
  permission: 'app:read',
  input: z.object({ app: AppName, id: BuildId, ...Cursor }),
  response: EventPage,
});
