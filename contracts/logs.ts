import * as z from 'zod';
import { endpoint } from './endpoint.ts';
import { AppName, Count, Flag } from './fields.ts';

export const LogLine = z.object({
  at: z.string(),
  service: z.string(),
  process: z.string(),
  text: z.string(),
});
export type LogLine = z.infer<typeof LogLine>;

/** Pass `cursor` back to get what came after; `wait` keeps the answer open until there is something. */
export const LogPage = z.object({ lines: z.array(LogLine), cursor: z.string() });
export type LogPage = z.infer<typeof LogPage>;

export const listLogs = endpoint({
  method: 'GET',
  path: '/apps/{app}/logs',
  group: 'cluster',
  permission: 'process:read',
  input: z.object({
    app: AppName,
    cursor: z.string().max(8000).optional(),
    wait: Count.max(20).default(0),
    /** Seconds back from now, for the first page. */
    since: Count.default(120),
    /** Only the last so many lines of each process, for the first page. */
    tail: Count.optional(),
    filter: z.string().optional(),
    service: z.string().optional(),
    process: z.string().optional(),
    previous: Flag,
  }),
  response: LogPage,
});
