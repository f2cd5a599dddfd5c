import * as z from 'zod';
import { endpoint } from './endpoint.ts';
import { AppName, Ok, Time } from './fields.ts';

export const Process = z.object({
  id: z.string(),
  app: z.string(),
  command: z.string(),
  cpu: z.number(),
  gpu: z.number(),
  host: z.string(),
  image: z.string(),
  instance: z.string(),
  memory: z.number(),
  name: z.string(),
  ports: z.array(z.string()),
  release: z.string(),
  service: z.string(),
  started: Time,
  /** pending, starting, running, unhealthy, crashed, complete, failed or unknown. */
  status: z.string(),
});
export type Process = z.infer<typeof Process>;

const One = z.object({ app: AppName, id: z.string().regex(/^[a-z0-9.-]{1,253}$/) });

export const listProcesses = endpoint({
  method: 'GET',
  path: '/apps/{app}/processes',
  group: 'cluster',
  permission: 'process:read',
  input: z.object({ app: AppName, release: z.string().optional(), service: z.string().optional() }),
  response: z.array(Process),
});

export const getProcess = endpoint({
  method: 'GET',
  path: '/apps/{app}/processes/{id}',
  group: 'cluster',
  permission: 'process:read',
  input: One,
  response: Process,
});

export const stopProcess = endpoint({
  method: 'DELETE',
  path: '/apps/{app}/processes/{id}',
  group: 'cluster',
  permission: 'process:write',
  input: One,
  response: Ok,
  answer: 'text',
});
