import * as z from 'zod';
import { endpoint } from './endpoint.ts';
import { AppName } from './fields.ts';

const Sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 in hex');

/** Convox's upload: the whole content in one body, 10 MB at most here. */
export const storeObject = endpoint({
  method: 'POST',
  path: '/apps/{app}/objects/{key+}',
  group: 'api',
  permission: 'build:write',
  input: z.object({ app: AppName, key: z.string().min(1).max(512), body: z.string() }),
  response: z.object({ Url: z.string() }),
  content: true,
});

/** An address for one PUT of exactly this content, or the news that it is here already. */
export const Upload = z.object({
  /** `object://APP/KEY`, for `createBuild`. */
  object: z.string(),
  exists: z.boolean(),
  url: z.string().optional(),
  /** Headers that are part of the signature and must be sent with the PUT. */
  headers: z.record(z.string(), z.string()).optional(),
});
export type Upload = z.infer<typeof Upload>;

export const createUpload = endpoint({
  method: 'POST',
  path: '/apps/{app}/uploads',
  group: 'api',
  permission: 'build:write',
  input: z.object({
    app: AppName,
    sha256: Sha256,
    size: z.coerce.number().int().positive().max(5_000_000_000),
  }),
  response: Upload,
});

/** A client cuts where it likes; this bounds what a reader has to hold. */
const chunkBytes = 16 * 1024 * 1024;

/** A source to build, or the archive of an exported build. */
const Purpose = z.enum(['build', 'import']);
export type Purpose = z.infer<typeof Purpose>;

/** A source in pieces, or an archive to import: kept once all of them are here. */
export const storeSource = endpoint({
  method: 'POST',
  path: '/apps/{app}/sources',
  group: 'api',
  permission: 'build:write',
  input: z.object({
    app: AppName,
    /** Of the tar archive, in its order; hashes and sizes are those of the unpacked pieces. */
    chunks: z
      .array(z.object({ sha256: Sha256, size: z.number().int().positive().max(chunkBytes) }))
      .min(1)
      .max(20_000),
    purpose: Purpose.default('build'),
  }),
  response: z.object({
    /** `object://APP/KEY`, for `createBuild` or `importBuild`. */
    object: z.string(),
    /** Hashes of pieces that have to be sent before the source is kept. */
    missing: z.array(z.string()),
  }),
});

/** Addresses for one PUT each, for pieces compressed with gzip. */
export const createChunkUploads = endpoint({
  method: 'POST',
  path: '/apps/{app}/chunks',
  group: 'api',
  permission: 'build:write',
  input: z.object({
    app: AppName,
    chunks: z
      .array(
        z.object({
          sha256: Sha256,
          packed: z.object({
            sha256: Sha256,
            size: z
              .number()
              .int()
              .positive()
              .max(chunkBytes + 64 * 1024),
          }),
        })
      )
      .min(1)
      .max(100),
    purpose: Purpose.default('build'),
  }),
  response: z.object({
    uploads: z.array(
      z.object({
        sha256: z.string(),
        url: z.string(),
        /** They are part of the signature and must be sent with the PUT. */
        headers: z.record(z.string(), z.string()),
      })
    ),
  }),
});
