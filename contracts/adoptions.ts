import * as z from 'zod';
import { endpoint } from './endpoint.ts';
import { AppName, Time } from './fields.ts';

/** An app that the cluster has, whether the rack knows it or not. */
export const AdoptableApp = z.object({
  app: z.string(),
  /** `adoptable`; `known` to the rack already; `lost`: there is no copy to adopt it from. */
  state: z.enum(['adoptable', 'known', 'lost']),
  /** The release in the copy, and since when it has been active; empty unless adoptable. */
  release: z.string(),
  active: Time,
  reason: z.string(),
});
export type AdoptableApp = z.infer<typeof AdoptableApp>;

export const Adoption = z.object({
  app: z.string(),
  release: z.string(),
  build: z.string(),
  active: Time,
  /** False: it was there already. */
  adopted: z.boolean(),
  /** What the cluster keeps no copy of. */
  lost: z.array(z.string()),
  /** Objects that are not as the active release has them: promote it again. */
  differing: z.array(z.string()).readonly(),
});
export type Adoption = z.infer<typeof Adoption>;

export const listAdoptableApps = endpoint({
  method: 'GET',
  path: '/adoptions',
  group: 'adoption',
  permission: 'app:create',
  input: z.object({}),
  response: z.array(AdoptableApp),
});

export const adoptApp = endpoint({
  method: 'POST',
  path: '/apps/{name}/adopt',
  group: 'adoption',
  permission: 'app:create',
  input: z.object({ name: AppName }),
  response: Adoption,
});
