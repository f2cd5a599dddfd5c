import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { registrySettings } from '#functions/runtime/dependencies/registry-settings.ts';

const samples = {
  ecr: { kind: 'ecr', host: '1.dkr.ecr.example', pushRoleArn: 'arn:x', repositoryArns: 'arn:y/' },
  acr: {
    kind: 'acr',
    server: 'acme.azurecr.io',
    resourceId: '/subscriptions/1/resourceGroups/g',
    tenant: 'tenant',
    client: 'client',
    expireClient: 'another',
    cloud: 'AzurePublicCloud',
  },
  google: {
    kind: 'google',
    project: 'acme',
    location: 'europe-west1',
    provider: 'projects/1/locations/global/workloadIdentityPools/p/providers/q',
    serviceAccount: 'rack@acme.iam.gserviceaccount.com',
    expireServiceAccount: 'expire@acme.iam.gserviceaccount.com',
  },
  static: { kind: 'static', prefix: 'ghcr.io/acme', secret: 'rackless/dev/registry' },
} as const;
const kinds = Object.keys(samples) as readonly (keyof typeof samples)[];

test.each(kinds)('reads the settings of %s', (kind) => {
  expect(registrySettings.parse(JSON.stringify(samples[kind]))).toEqual(samples[kind]);
});

test.each(kinds)('knows every field that infra/aws gives to %s, and no other', (kind) => {
  const file = readFileSync(`infra/aws/build/registries/${kind}.yml`, 'utf8');
  const { settings } = parse(file, { logLevel: 'silent' });
  const json = [settings].flat()[0] as string;
  // Some values are written by the deployment; the keys are there before.
  const keys = [...json.matchAll(/"(\w+)":/g)].map(([, key]) => key);

  expect(keys).toEqual(Object.keys(samples[kind]));
});

test.each([
  ['an unknown kind', { kind: 'harbor' }],
  ['a kind without its settings', { kind: 'acr' }],
  ['a prefix with a scheme', { ...samples.static, prefix: 'https://ghcr.io/acme' }],
  ['a prefix in upper case', { ...samples.static, prefix: 'ghcr.io/Acme' }],
  ['a prefix that ends in a slash', { ...samples.static, prefix: 'ghcr.io/acme/' }],
  ['an account without a domain', { ...samples.google, expireServiceAccount: 'expire' }],
  ['a cloud that is not one', { ...samples.acr, cloud: 'AzureMoon' }],
])('refuses %s', (_, settings) => {
  expect(registrySettings.safeParse(JSON.stringify(settings)).success).toBe(false);
});

test('refuses what is not JSON', () => {
  expect(registrySettings.safeParse('ecr').success).toBe(false);
});
