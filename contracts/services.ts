import * as z from 'zod';
import { endpoint } from './endpoint.ts';
import { AppName, Count, Ok, ServiceName } from './fields.ts';

export const Service = z.object({
  name: z.string(),
  domain: z.string(),
  count: z.number(),
  running: z.number(),
  cpu: z.number(),
  memory: z.number(),
  ports: z.array(
    z.object({ balancer: z.number(), certificate: z.string(), container: z.number() })
  ),
});
export type Service = z.infer<typeof Service>;

export const listServices = endpoint({
  method: 'GET',
  path: '/apps/{app}/services',
  group: 'cluster',
  permission: 'process:read',
  input: z.object({ app: AppName }),
  response: z.array(Service),
});

/** Millicores and megabytes, as Convox counts them. */
export const scaleService = endpoint({
  method: 'PUT',
  path: '/apps/{app}/services/{service}',
  group: 'cluster',
  permission: 'process:write',
  input: z.object({
    app: AppName,
    service: ServiceName,
    count: Count.max(1000).optional(),
    cpu: Count.optional(),
    memory: Count.optional(),
  }),
  response: Ok,
  answer: 'text',
});

export const restartService = endpoint({
  method: 'POST',
  path: '/apps/{app}/services/{service}/restart',
  group: 'cluster',
  permission: 'process:write',
  input: z.object({ app: AppName, service: ServiceName }),
  response: Ok,
  answer: 'text',
});
