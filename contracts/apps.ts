import * as z from 'zod';
import { endpoint } from './endpoint.ts';
import { AppName, Flag, Ok } from './fields.ts';

/** `running`, `updating`, `rollback`, `waiting` (the cluster is out of reach), `degraded`, `deleting`. */
export const AppStatus = z.enum([
  'running',
  'updating',
  'rollback',
  'waiting',
  'degraded',
  'deleting',
]);
export type AppStatus = z.infer<typeof AppStatus>;

export const App = z.object({
  generation: z.literal('3'),
  locked: z.boolean(),
  name: z.string(),
  /** The active release; empty before the first promotion. */
  release: z.string(),
  router: z.string(),
  status: AppStatus,
  parameters: z.record(z.string(), z.string()),
  /** The promotion under way, if there is one. */
  promotion: z.string().optional(),
  /** The promotion that waits for that one to end. */
  queued: z.string().optional(),
  policy: z.enum(['restricted', 'baseline', 'privileged']),
});
export type App = z.infer<typeof App>;

const Named = z.object({ name: AppName });

export const listApps = endpoint({
  method: 'GET',
  path: '/apps',
  group: 'api',
  permission: 'app:read',
  input: z.object({}),
  response: z.array(App),
});

export const createApp = endpoint({
  method: 'POST',
  path: '/apps',
  group: 'api',
  permission: 'app:create',
  input: z.object({
    name: AppName,
    generation: z.string().optional(),
    timeout: z.coerce.string().optional(),
  }),
  response: App,
});

export const getApp = endpoint({
  method: 'GET',
  path: '/apps/{name}',
  group: 'api',
  permission: 'app:read',
  input: z.object({ name: z.string() }),
  response: App,
});

export const updateApp = endpoint({
  method: 'PUT',
  path: '/apps/{name}',
  group: 'api',
  permission: 'app:write',
  input: Named.extend({
    lock: z.union([z.boolean(), z.enum(['true', 'false'])]).optional(),
    policy: z.enum(['restricted', 'baseline', 'privileged']).optional(),
  }),
  response: Ok,
  answer: 'text',
});

export const deleteApp = endpoint({
  method: 'DELETE',
  path: '/apps/{name}',
  group: 'cluster',
  permission: 'app:delete',
  input: z.object({
    name: z.string(),
    /** Forget the app without touching the cluster. */
    forget: Flag,
  }),
  response: Ok,
  answer: 'text',
});

export const cancelApp = endpoint({
  method: 'POST',
  path: '/apps/{name}/cancel',
  group: 'api',
  permission: 'promote',
  input: z.object({
    name: z.string(),
    /** Free the app although the cluster can't be reached. */
    abandon: Flag,
  }),
  response: Ok,
  answer: 'text',
});
