import * as z from 'zod';
import { endpoint } from './endpoint.ts';
import { Ok } from './fields.ts';

const noScheme = 'must be a host without a scheme: ghcr.io, not https://ghcr.io';
const noPath = 'must be a host without a path: ghcr.io, not ghcr.io/acme';
const label = '[a-z0-9]([a-z0-9-]*[a-z0-9])?';

/** `HOST[:PORT]`, as image names begin. */
export const RegistryServer = z
  .string()
  .min(1, 'must not be empty')
  .max(255)
  .refine((it) => !it.includes('://'), { message: noScheme, abort: true })
  .refine((it) => !it.includes('/'), { message: noPath, abort: true })
  .refine((it) => it === it.toLowerCase(), { message: 'must be in lower case', abort: true })
  .regex(new RegExp(`^${label}(\\.${label})*(:\\d{1,5})?$`), 'must be HOST or HOST:PORT');

/** Keys of service accounts in JSON are the longest that are about. */
const longestPassword = 8192;

/** Convox's shape. Its `password` is there and always empty: nobody reads a secret again. */
export const Registry = z.object({
  server: z.string(),
  username: z.string(),
  password: z.literal(''),
});
export type Registry = z.infer<typeof Registry>;

export const listRegistries = endpoint({
  method: 'GET',
  path: '/registries',
  group: 'credentials',
  permission: 'rack:read',
  input: z.object({}),
  response: z.array(Registry),
});

/** Adds a registry, or gives one that is there a new login. */
export const addRegistry = endpoint({
  method: 'POST',
  path: '/registries',
  group: 'credentials',
  permission: 'rack:write',
  input: z.object({
    server: RegistryServer,
    username: z
      .string()
      .min(1, 'must not be empty')
      .max(255)
      .regex(/^[^:\p{Cc}]*$/u, 'must not have colons or control characters'),
    password: z
      .string()
      .min(1, 'must not be empty')
      .max(longestPassword, `must be ${longestPassword} characters or less`),
  }),
  response: Registry,
});

export const removeRegistry = endpoint({
  method: 'DELETE',
  path: '/registries/{server}',
  group: 'credentials',
  permission: 'rack:write',
  input: z.object({ server: z.string() }),
  response: Ok,
  answer: 'text',
});

export const RegistryStep = z.enum(['credential', 'reach', 'login', 'push', 'pull']);

/** One thing that was tried. */
export const RegistryFinding = z.object({
  step: RegistryStep,
  ok: z.boolean(),
  detail: z.string(),
  /** What to do about it; empty when all is well. */
  hint: z.string(),
});
export type RegistryFinding = z.infer<typeof RegistryFinding>;

export const RegistryCheck = z.object({
  server: z.string(),
  /** `HOST/PATH` that was pushed to; empty for none. */
  repository: z.string(),
  ok: z.boolean(),
  /** What was tried, up to the first failure. */
  findings: z.array(RegistryFinding),
});
export type RegistryCheck = z.infer<typeof RegistryCheck>;

/** Tries a registry from where the rack is: its own, or one that was added. */
export const testRegistry = endpoint({
  method: 'POST',
  path: '/registries/test',
  group: 'credentials',
  permission: 'rack:write',
  input: z.object({
    server: z.union([z.literal(''), RegistryServer]).default(''),
    repository: z
      .string()
      .max(255)
      .regex(
        /^([a-z0-9]+([._-]+[a-z0-9]+)*(\/[a-z0-9]+([._-]+[a-z0-9]+)*)*)?$/,
        'must be a path of lower-case words, without host and tag'
      )
      .default(''),
  }),
  response: RegistryCheck,
});
