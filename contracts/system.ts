import * as z from 'zod';
import { endpoint } from './endpoint.ts';
import { Ok } from './fields.ts';

export const System = z.object({
  name: z.string(),
  provider: z.string(),
  status: z.string(),
  domain: z.string(),
  'rack-domain': z.string(),
  region: z.string(),
  type: z.string(),
  count: z.number(),
  /** Must sort after "20190111211123" as a string, or the stock client takes us for version 1. */
  version: z.string(),
  parameters: z.record(z.string(), z.string()),
  outputs: z.record(z.string(), z.string()),
});
export type System = z.infer<typeof System>;

const Nothing = z.object({});

export const check = endpoint({
  method: 'GET',
  path: '/check',
  group: 'api',
  permission: 'open',
  input: Nothing,
  response: Ok,
  answer: 'text',
});

export const authenticate = endpoint({
  method: 'GET',
  path: '/auth',
  group: 'api',
  permission: 'rack:read',
  input: Nothing,
  response: Ok,
  answer: 'text',
});

export const getSystem = endpoint({
  method: 'GET',
  path: '/system',
  group: 'api',
  permission: 'rack:read',
  input: Nothing,
  response: System,
});

/** The stock client asks before every websocket; a rack knows only itself. */
export const listRacks = endpoint({
  method: 'GET',
  path: '/racks',
  group: 'api',
  permission: 'rack:read',
  input: Nothing,
  response: z.array(z.object({ name: z.string(), status: z.string() })),
});
