import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { ArtifactImages } from '#adapters/google/artifact-images.ts';
import { ArtifactRegistry } from '#adapters/google/artifact-registry.ts';
import { webIdentityToken } from '#adapters/sts/web-identity-token.ts';
import { DomainError } from '#core/errors.ts';
import { verifySteps } from './verify-steps.ts';

const usage = `Proves on a real Google project what a grant can do, and what it can't. Takes a few minutes.

  npx node infra/google/verify-artifact-registry.ts --project images --location europe-west1 \\
    --provider projects/123456789/locations/global/workloadIdentityPools/aws/providers/rackless \\
    --service-account rackless-plane@images.iam.gserviceaccount.com

It runs as the AWS role of your shell (AWS_PROFILE, AWS_REGION), which the provider must let in: see
docs/registries/google.md. It leaves behind the repositories verify-verify-a, verify-verify-a-cache
and verify-verify-b, and three service accounts; with --expire-service-account ACCOUNT, the one of
step 6, it deletes them at the end, as the rack does with a deleted app.
`;

const text = { type: 'string' } as const;
const { values } = parseArgs({
  options: {
    project: text,
    location: text,
    provider: text,
    'service-account': text,
    'expire-service-account': text,
  },
});
const { project, location, provider, 'service-account': serviceAccount } = values;
const expireServiceAccount = values['expire-service-account'];

/** Stops at the first step that fails: the later ones need it. */
const main = async (
  registry: ArtifactRegistry,
  images: ArtifactImages | undefined
): Promise<void> => {
  const run = Date.now().toString(36);
  const steps = verifySteps({ registry, images, scheme: 'https', run, clock: Date.now, sleep });
  for (const { title, check } of steps) {
    const begin = Date.now();
    print(`        ${title} …`);
    await check();
    print(`ok      ${title} (${((Date.now() - begin) / 1000).toFixed(1)} s)`);
  }
};

const failed = (error: unknown): void => {
  print(`FAILED  ${error instanceof Error ? error.message : String(error)}`);
  if (error instanceof DomainError && error.hint) print(`        ${error.hint}`);
  process.exitCode = 1;
};

const print = (line: string): void => void process.stdout.write(`${line}\n`);

if (project && location && provider && serviceAccount) {
  const settings = { rack: 'verify', project, location, provider };
  const as = (account: string) => ({ ...settings, serviceAccount: account });
  const clients = { webIdentityToken };
  const registry = new ArtifactRegistry(clients, as(serviceAccount), Date.now);
  const images = expireServiceAccount
    ? new ArtifactImages(clients, as(expireServiceAccount), Date.now)
    : undefined;
  await main(registry, images).catch(failed);
} else {
  print(usage);
  process.exitCode = 2;
}
