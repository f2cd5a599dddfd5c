import { execFile } from 'node:child_process';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs, promisify } from 'node:util';
import * as z from 'zod';
import { AcrImages } from '#adapters/azure/acr-images.ts';
import { AcrRegistry } from '#adapters/azure/acr-registry.ts';
import { azureClouds } from '#adapters/azure/clouds.ts';
import { EntraTokens } from '#adapters/azure/entra-tokens.ts';
import { webIdentityToken } from '#adapters/sts/web-identity-token.ts';
import { DomainError, UnavailableError } from '#core/errors.ts';
import { acrChecks, type Check } from './acr-checks.ts';

const usage = `usage: node infra/azure/verify-acr.ts --resource-id ID --login-server NAME.azurecr.io
         (--az | --tenant ID --client ID) [--delete [--expire-client ID]] [--cloud AzurePublicCloud]

Tries on a registry of yours what the rack promises of its grants. It makes tokens and scope maps
named after the apps verify-one and verify-two, pushes a few bytes to rackless/verify-one and its
cache, and removes the tokens. It takes about three minutes.

  --resource-id   az acr show -n NAME --query id -o tsv
  --az            as whoever is logged in with az, who needs the role of docs/registries/azure.md
  --tenant, --client
                  as the rack does it: with the AWS credentials of the environment, whose role (or
                  user) needs a federated credential of its own on that identity
  --delete        tries step 6 of that page, too: deletes an image, and then all that was made
  --expire-client
                  as the identity of step 6, if not as the one of --client

Example:
  $ node infra/azure/verify-acr.ts --az --login-server acme.azurecr.io \\
      --resource-id "$(az acr show -n acme --query id -o tsv)"
`;

const Options = z
  .object({
    'resource-id': z.string().startsWith('/subscriptions/'),
    'login-server': z.string().min(1),
    cloud: z
      .enum(Object.keys(azureClouds) as [keyof typeof azureClouds])
      .default('AzurePublicCloud'),
    az: z.boolean().default(false),
    tenant: z.string().optional(),
    client: z.string().optional(),
    delete: z.boolean().default(false),
    'expire-client': z.string().optional(),
  })
  .refine(({ az, tenant, client }) => az || (tenant && client), '--az, or --tenant and --client');

/** Runs the checks in turn and prints what each saw. False when one was not so. */
export const runChecks = async (
  checks: readonly Check[],
  print: (line: string) => void
): Promise<boolean> => {
  let isSound = true;
  for (const { title, run } of checks) {
    try {
      print(`ok      ${title}: ${await run()}`);
    } catch (error) {
      isSound = false;
      print(`FAILED  ${title}: ${describe(error)}`);
    }
  }
  return isSound;
};

const describe = (error: unknown): string => {
  const { message } = error as Error;
  const hint = error instanceof DomainError ? error.hint : undefined;
  return hint ? `${message}\n        ${hint}` : message;
};

/** Tokens of who is logged in with the Azure CLI. */
const fromCli = async (scope: string): Promise<string> => {
  const args = ['account', 'get-access-token', '--scope', scope, '--query', 'accessToken'];
  try {
    const { stdout } = await promisify(execFile)('az', [...args, '--output', 'tsv']);
    return stdout.trim();
  } catch (cause) {
    throw new UnavailableError(`the Azure CLI gave no token: ${(cause as Error).message}`, {
      hint: 'install the Azure CLI and run az login',
      cause,
    });
  }
};

const leftovers = (resourceId: string): string => {
  const name = resourceId.split('/').at(-1);
  return `\nwhat is left, and how to remove it:
  az acr repository delete -n ${name} --repository rackless/verify-one
  az acr repository delete -n ${name} --repository rackless/verify-one/cache
  az acr scope-map list -r ${name} --query "[?contains(name, 'verify-one')].name" -o tsv | xargs -n 1 az acr scope-map delete -r ${name} --yes -n`;
};

const main = async (): Promise<void> => {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    options: {
      'resource-id': text,
      'login-server': text,
      cloud: text,
      tenant: text,
      client: text,
      'expire-client': text,
      az: { type: 'boolean' },
      delete: { type: 'boolean' },
    },
  });
  const options = Options.safeParse(values);
  if (!options.success) throw new Error(`${z.prettifyError(options.error)}\n\n${usage}`);
  const { az, tenant = '', client = '', ...registry } = options.data;
  const cloud = azureClouds[registry.cloud];
  const entraAs = (client: string) =>
    az
      ? { token: fromCli }
      : new EntraTokens(webIdentityToken, { tenant, client, cloud }, Date.now);
  const url = `https://${registry['login-server']}`;
  const settings = { rack: 'rackless', url, resourceId: registry['resource-id'], cloud };
  const pause = (milliseconds: number): Promise<void> => sleep(milliseconds);
  const acr = new AcrRegistry({ entra: entraAs(client), pause }, settings, Date.now);
  const deleting = { entra: entraAs(registry['expire-client'] ?? client), pause };
  const images = registry.delete ? new AcrImages(deleting, settings, Date.now) : undefined;
  const run = Date.now().toString(36);
  const print = (line: string): void => void process.stdout.write(`${line}\n`);
  const isSound = await runChecks(
    acrChecks({ registry: acr, images, url, clock: Date.now, pause, run }),
    print
  );
  if (!(images && isSound)) print(leftovers(registry['resource-id']));
  if (!isSound) process.exitCode = 1;
};

if (import.meta.main) {
  await main().catch((error: unknown) => {
    process.stderr.write(`${describe(error)}\n`);
    process.exitCode = 2;
  });
}
