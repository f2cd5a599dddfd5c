import * as z from 'zod';
import { endpoint } from './endpoint.ts';
import { AppName, BuildId, GrantId, Limit, Time } from './fields.ts';

export const GrantStatus = z.enum(['active', 'expired', 'revoked']);

export const Grant = z.object({
  id: z.string(),
  app: z.string(),
  build: z.string(),
  actor: z.string(),
  /** `HOST/PATH` of the one repository that it can push to. */
  repository: z.string(),
  created: Time,
  expires: Time,
  status: GrantStatus,
  /**
   * The registry's one login, as its owner gave it to the rack: it may do more than push to this
   * repository, and works on after the grant's end.
   */
  static: z.boolean().default(false),
});
export type Grant = z.infer<typeof Grant>;

/** The only answer that carries the secret: nobody can read it again. */
export const MintedGrant = Grant.extend({
  /** `https://USER:PASSWORD@HOST/PATH`, percent-encoded. */
  url: z.string(),
});
export type MintedGrant = z.infer<typeof MintedGrant>;

/** A credential to push the images of an external build, for minutes. */
export const createGrant = endpoint({
  method: 'POST',
  path: '/apps/{app}/builds/{id}/grants',
  group: 'credentials',
  permission: 'build:write',
  input: z.object({ app: AppName, id: BuildId }),
  response: MintedGrant,
});

export const listGrants = endpoint({
  method: 'GET',
  path: '/apps/{app}/grants',
  group: 'credentials',
  permission: 'app:read',
  input: z.object({ app: AppName, limit: Limit }),
  response: z.array(Grant),
});

export const revokeGrant = endpoint({
  method: 'DELETE',
  path: '/apps/{app}/grants/{id}',
  group: 'credentials',
  permission: 'build:write',
  input: z.object({ app: AppName, id: GrantId }),
  response: Grant,
});
