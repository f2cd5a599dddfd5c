import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { ArtifactRegistry } from '#adapters/google/artifact-registry.ts';
import { askGoogle, googleEndpoints } from '#adapters/google/ask-google.ts';
import {
  type GoogleBed,
  googleBed,
  plane,
  planeRole,
  provider,
} from '#test/fakes/google/google-bed.ts';

let bed: GoogleBed;

beforeEach(async () => {
  bed = await googleBed();
});

afterEach(async () => {
  await bed.close();
});

const mint = () =>
  bed.registry.mint({
    app: 'shop',
    session: 'B1.G1',
    expires: bed.in(900_000),
    withCache: false,
  });

test('names the API that is not enabled, and where to enable it', async () => {
  bed.world.disabledApis.add('artifactregistry.googleapis.com');

  await expect(mint()).rejects.toMatchObject({
    name: 'GoogleError',
    kind: 'unavailable',
    reason: 'SERVICE_DISABLED',
    hint: 'enable the API and wait a minute: https://console.developers.google.com/apis/api/artifactregistry.googleapis.com/overview?project=images',
  });
});

/** Takes one permission out of the role that the guide makes. */
const forbid = (permission: string): void => {
  const permissions = bed.world.roles.get(planeRole) ?? [];
  bed.world.roles.set(
    planeRole,
    permissions.filter((it) => it !== permission)
  );
};

test.each([
  'artifactregistry.repositories.create',
  'artifactregistry.repositories.get',
  'artifactregistry.repositories.getIamPolicy',
  'artifactregistry.repositories.setIamPolicy',
  'iam.serviceAccounts.create',
  'iam.serviceAccounts.get',
])('without %s it says which permission is missing', async (permission) => {
  forbid(permission);

  await expect(mint()).rejects.toMatchObject({
    message: expect.stringContaining(permission),
    hint: `give the rack's service account a role with ${permission}`,
  });
});

test.each(['disable', 'enable'])('without the right to %s accounts it says so', async (verb) => {
  await mint();
  forbid(`iam.serviceAccounts.${verb}`);
  const revokeAndMint = async (): Promise<void> => {
    await bed.registry.revoke('shop', ['B1.G1'], []);
    await mint();
  };

  await expect(revokeAndMint()).rejects.toMatchObject({
    hint: `give the rack's service account a role with iam.serviceAccounts.${verb}`,
  });
});

test('and without that to read tags', async () => {
  forbid('artifactregistry.tags.get');

  await expect(bed.registry.digest('shop', 'web.B1')).rejects.toMatchObject({
    hint: "give the rack's service account a role with artifactregistry.tags.get",
  });
});

test('names the role to make tokens of an app’s account', async () => {
  forbid('iam.serviceAccounts.getAccessToken');

  await expect(mint()).rejects.toMatchObject({
    message: expect.stringContaining('prod-shop-push@images.iam.gserviceaccount.com'),
    hint: expect.stringContaining('iam.serviceAccounts.getAccessToken'),
  });
});

test('names the role of the pool on the account of the rack', async () => {
  bed.world.accountRoles.get(plane)?.clear();

  await expect(mint()).rejects.toMatchObject({
    message: expect.stringContaining(`give a token of ${plane}`),
    hint: expect.stringContaining('roles/iam.workloadIdentityUser'),
  });
});

test('says that the attribute condition rejects this function', async () => {
  bed.issuer.roleArn = 'arn:aws:iam::123456789012:role/somebody-else';

  await expect(mint()).rejects.toMatchObject({
    reason: 'unauthorized_client',
    message: `google does not know this function by ${provider}: The given credential is rejected by the attribute condition.`,
    hint: expect.stringContaining('attribute condition'),
  });
});

test('without a condition a foreign role is a stranger all the same', async () => {
  bed.world.providers.set(provider, { issuer: bed.issuer.url, condition: '' });
  bed.issuer.roleArn = 'arn:aws:iam::123456789012:role/somebody-else';

  await expect(mint()).rejects.toMatchObject({ reason: 'IAM_PERMISSION_DENIED' });
});

test('says that the pool or the provider is not there', async () => {
  bed.world.providers.clear();

  await expect(mint()).rejects.toMatchObject({
    reason: 'invalid_target',
    hint: expect.stringContaining('workload-identity-pools providers describe'),
  });
});

const registryWith = (webIdentityToken: (audience: string) => Promise<string>) =>
  new ArtifactRegistry(
    { webIdentityToken, endpoints: bed.endpoints, sleep: async (it) => bed.pass(it) },
    { rack: 'prod', project: 'images', location: 'europe-west1', provider, serviceAccount: plane },
    bed.clock
  );

test.each([
  ['for another reader', () => bed.issuer.token('https://example.com')],
  ['of another issuer', (it: string) => bed.issuer.token(it, { iss: 'https://example.com' })],
  ['that is over', (it: string) => bed.issuer.token(it, { exp: 1 })],
  ['that was changed', (it: string) => bed.issuer.token(it).replace(/.{8}$/, 'AAAAAAAA')],
])('a statement %s is worth nothing', async (_, token) => {
  const registry = registryWith(async (audience) => token(audience));

  await expect(registry.digest('shop', 'web.B1')).rejects.toMatchObject({
    reason: 'invalid_grant',
    hint: expect.stringContaining('get-outbound-web-identity-federation-info'),
  });
});

test('a statement that is no token at all is refused', async () => {
  await expect(registryWith(async () => 'x').digest('shop', 'web.B1')).rejects.toMatchObject({
    reason: 'invalid_request',
  });
});

test('says that the project has no room for another account', async () => {
  for (let count = bed.world.accounts.size; count < 100; count += 1) {
    const email = `other-${count}@images.iam.gserviceaccount.com`;
    bed.world.accounts.set(email, { email, displayName: '', description: '', disabled: false });
  }

  await expect(mint()).rejects.toMatchObject({
    reason: 'RESOURCE_EXHAUSTED',
    hint: expect.stringContaining('raise the quota'),
  });
});

test('no error repeats a token', async () => {
  const seen: string[] = [];
  forbid('iam.serviceAccounts.getAccessToken');
  await mint().catch((error: unknown) => seen.push(JSON.stringify(error), String(error)));

  for (const token of bed.world.tokens.keys()) expect(seen.join()).not.toContain(token);
});

test('what fails for a moment is asked again, and no answer says whose', async () => {
  const statuses = [503, 429, 200];
  const server = createServer((_, response) => {
    response.writeHead(statuses.shift() ?? 500).end('{"it":"works"}');
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  const pauses: number[] = [];
  const sleep = async (it: number): Promise<void> => void pauses.push(it);
  const url = `http://127.0.0.1:${port}/`;

  expect(await askGoogle({ url, doing: 'work' }, sleep)).toEqual({ it: 'works' });
  expect(pauses).toEqual([250, 1000]);
  await new Promise((closed) => server.close(closed));
  await expect(askGoogle({ url, doing: 'work' }, sleep)).rejects.toMatchObject({
    name: 'UnavailableError',
    message: expect.stringContaining(`no answer from 127.0.0.1:${port}`),
  });
});

test('quotes the beginning of an answer that is none of Google’s', async () => {
  const server = createServer((_, response) => {
    response.writeHead(403).end(`<html>${'blocked by a proxy '.repeat(100)}`);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;

  const refused = askGoogle({ url: `http://127.0.0.1:${port}/`, doing: 'work' }, async () => {});

  await expect(refused).rejects.toMatchObject({
    status: 403,
    message: expect.stringMatching(/^google does not work: <html>blocked by a proxy .{100,190}$/),
  });
  await new Promise((closed) => server.close(closed));
});

test('asks Google itself unless told otherwise', () => {
  expect(googleEndpoints('europe-west1').registry).toBe('https://europe-west1-docker.pkg.dev');
});
