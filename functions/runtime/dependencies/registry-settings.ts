import * as z from 'zod';
import type { azureClouds } from '#adapters/azure/clouds.ts';

const name = z.string().min(1);

/** `HOST` or `HOST/PATH`, as image names begin: no scheme, no tag, lower case. */
const prefix = z.string().regex(/^[a-z0-9.-]+(:\d+)?(\/[a-z0-9]+([._-]+[a-z0-9]+)*)*$/);

/** Where the rack keeps its images, with what each kind of registry needs to know. */
export const RegistrySettings = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('ecr'), host: name, pushRoleArn: name, repositoryArns: name }),
  z.object({
    kind: z.literal('acr'),
    server: z.string().regex(/^[a-z0-9.-]+(:\d+)?$/),
    resourceId: z.string().startsWith('/subscriptions/'),
    tenant: name,
    client: name,
    /** Of the identity that may delete; empty: nothing is deleted. */
    expireClient: z.string().default(''),
    cloud: z.enum([
      'AzurePublicCloud',
      'AzureUSGovernmentCloud',
      'AzureChinaCloud',
    ] satisfies readonly (keyof typeof azureClouds)[]),
  }),
  z.object({
    kind: z.literal('google'),
    project: name,
    location: name,
    provider: z.string().startsWith('projects/'),
    serviceAccount: z.email(),
    /** Of the account that may delete; empty: nothing is deleted. */
    expireServiceAccount: z.union([z.email(), z.literal('')]).default(''),
  }),
  z.object({ kind: z.literal('static'), prefix, secret: name }),
]);
export type RegistrySettings = z.infer<typeof RegistrySettings>;

/** As functions get them: JSON in one variable. */
export const registrySettings = z
  .string()
  .transform((text, context): unknown => {
    try {
      return JSON.parse(text);
    } catch {
      context.addIssue({ code: 'custom', message: 'is not JSON' });
      return z.NEVER;
    }
  })
  .pipe(RegistrySettings);
