import * as z from 'zod';
import { endpoint } from './endpoint.ts';
import { AppName } from './fields.ts';

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
    sha256: z.string().regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 in hex'),
    size: z.coerce.number().int().positive().max(5_000_000_000),
  }),
  response: Upload,
});
