import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { PushCredential, PushSession } from '#core/registries/ports.ts';
import { type AzureBed, openAzureBed, setUp } from '#test/fakes/microsoft/azure-bed.ts';
import { clientOf as loggedIn } from '#test/fakes/push-artifact.ts';

const minutes = 60_000;
let bed: AzureBed;

beforeAll(async () => {
  bed = await openAzureBed();
});

afterAll(async () => bed.close());

beforeEach(() => setUp(bed));

const grant = (session: string, fields: Partial<PushSession> = {}): PushSession => ({
  app: 'shop',
  session,
  expires: bed.time.now + 15 * minutes,
  withCache: false,
  ...fields,
});

const clientOf = (credential: PushCredential) => loggedIn(bed.microsoft.registryUrl, credential);

test('lets a build push to its repository and to no other one', async () => {
  const registry = bed.registry();

  const credential = await registry.mint(grant('BAAAAAAAAAA.GAAAAAAAAAA'));

  const client = clientOf(credential);
  expect(credential.repository).toBe(`${credential.host}/atom/shop`);
  expect(await client.push('atom/shop', 'web.B1')).toMatch(/^sha256:/);
  expect(await client.push('atom/shop/cache', 'web')).toBe(401);
  expect(await client.push('atom/blog', 'web.B1')).toBe(401);
  expect(await client.push('other/shop', 'web.B1')).toBe(401);
  expect(await client.pull('atom/blog', 'web.B1')).toBe(401);
});

test('lets the rack itself pull what builds have pushed, and push nothing', async () => {
  const registry = bed.registry();
  const credential = await registry.mint(grant('B1.G1'));
  await clientOf(credential).push('atom/shop', 'web.B1');

  const client = clientOf({ ...credential, ...(await registry.login()) });

  expect(await client.pull('atom/shop', 'web.B1')).toBe(200);
  expect(await client.push('atom/shop', 'web.B2')).toBe(401);
});

test('lets a build in the cluster push to its cache too', async () => {
  const registry = bed.registry();

  const client = clientOf(await registry.mint(grant('B1.G1', { withCache: true })));

  expect(registry.cacheRepositoryOf('shop')).toBe(`${registry.repositoryOf('shop')}/cache`);
  expect(await client.push('atom/shop', 'web.B1')).toMatch(/^sha256:/);
  expect(await client.push('atom/shop/cache', 'web')).toMatch(/^sha256:/);
  expect(await client.push('atom/blog/cache', 'web')).toBe(401);
});

test('a credential says which build it is for, and is refused after its end', async () => {
  const credential = await bed.registry().mint(grant('BAAAAAAAAAA.GAAAAAAAAAA'));

  expect(credential.username).toMatch(/^BAAAAAAAAAA-GAAAAAAAAAA-[0-9a-f]{10}$/);
  bed.time.now += 15 * minutes - 1000;
  expect(await clientOf(credential).push('atom/shop', 'web.B1')).toMatch(/^sha256:/);
  bed.time.now += 1000;
  expect(await clientOf(credential).push('atom/shop', 'web.B2')).toBe(401);
});

test('takes back the grants it is told of, and those only', async () => {
  const registry = bed.registry();
  const [first, second] = [
    await registry.mint(grant('B1.G1')),
    await registry.mint(grant('B1.G2')),
  ];

  await registry.revoke('shop', ['B1.G1', 'B0.G0']);
  await registry.revoke('shop', ['B1.G1']);

  expect(await clientOf(first).push('atom/shop', 'web.B1')).toBe(401);
  expect(await clientOf(second).push('atom/shop', 'web.B1')).toMatch(/^sha256:/);
});

test("never touches another app's grant of the same name", async () => {
  const registry = bed.registry();
  const blog = await registry.mint(grant('B1.G1', { app: 'blog' }));

  await registry.revoke('shop', ['B1.G1']);

  expect(await clientOf(blog).push('atom/blog', 'web.B1')).toMatch(/^sha256:/);
});

test("removes the app's tokens that ended without being taken back", async () => {
  const registry = bed.registry();
  await registry.mint(grant('B1.G1'));
  await registry.mint(grant('B2.G2', { withCache: true }));
  await registry.mint(grant('B3.G3', { app: 'blog' }));
  bed.time.now += 20 * minutes;
  const running = await registry.mint(grant('B4.G4'));

  await registry.revoke('shop', []);

  const left = [...bed.microsoft.registry.tokens.keys()].map((it) => it.slice(0, 5));
  expect(left).toEqual(['B3-G3', 'B4-G4']);
  expect(await clientOf(running).push('atom/shop', 'web.B1')).toMatch(/^sha256:/);
});

test('narrows a scope map that somebody has widened', async () => {
  const registry = bed.registry();
  await registry.mint(grant('B1.G1'));
  const [[name = ''] = []] = [...bed.microsoft.registry.scopeMaps];
  bed.microsoft.registry.scopeMaps.set(name, { actions: ['repositories/atom/blog/content/write'] });

  const client = clientOf(await registry.mint(grant('B2.G2')));

  expect(await client.push('atom/shop', 'web.B1')).toMatch(/^sha256:/);
  expect(await client.push('atom/blog', 'web.B1')).toBe(401);
  expect(bed.microsoft.registry.scopeMaps.size).toBe(1);
});

test('waits for a cloud that takes its time, and asks again when it is overloaded', async () => {
  bed.microsoft.manager.isSlow = true;
  bed.microsoft.manager.troubles.push(429, 503);
  const registry = bed.registry();

  const credential = await registry.mint(grant('B1.G1'));
  const pushed = await clientOf(credential).push('atom/shop', 'web.B1');
  await registry.revoke('shop', ['B1.G1']);

  expect(pushed).toMatch(/^sha256:/);
  expect(bed.microsoft.registry.tokens.size).toBe(0);
});

test('tells the digest of what was pushed, and of nothing else', async () => {
  const registry = bed.registry();
  const client = clientOf(await registry.mint(grant('B1.G1')));

  expect(await registry.digest('shop', 'web.B9')).toBeUndefined();
  const pushed = await client.push('atom/shop', 'web.B9');
  expect(await registry.digest('shop', 'web.B9')).toBe(pushed);
});

test('shows who it is once an hour, not for each request', async () => {
  const registry = bed.registry();
  await registry.mint(grant('B1.G1'));
  await registry.digest('shop', 'web.B1');
  await registry.digest('shop', 'web.B2');

  // One token for the resource manager, one for the registry.
  expect(bed.assertions).toEqual(['api://AzureADTokenExchange', 'api://AzureADTokenExchange']);
  bed.time.now += 56 * minutes;
  await registry.mint(grant('B2.G2'));
  expect(bed.assertions).toHaveLength(3);
});

test.each([
  'scopeMaps/read',
  'scopeMaps/write',
  'tokens/write',
  'tokens/read',
  'tokens/delete',
  'generateCredentials/action',
])('says which permission is missing: %s', async (action) => {
  const registry = bed.registry();
  bed.microsoft.directory.identity.actions.delete(
    `Microsoft.ContainerRegistry/registries/${action}`
  );
  const mintAndRevoke = async (): Promise<void> => {
    await registry.mint(grant('B1.G1'));
    await registry.revoke('shop', ['B1.G1']);
  };

  await expect(mintAndRevoke()).rejects.toMatchObject({
    name: 'UnavailableError',
    message: expect.stringContaining('AuthorizationFailed'),
    hint: expect.stringContaining(`a role with Microsoft.ContainerRegistry/registries/${action}`),
  });
});

test('says which role is missing for digests, and finds it when it comes', async () => {
  const { actions } = bed.microsoft.directory.identity;
  actions.delete('Microsoft.ContainerRegistry/registries/pull/read');
  const registry = bed.registry();

  await expect(registry.digest('shop', 'web.B1')).rejects.toMatchObject({
    name: 'UnavailableError',
    hint: expect.stringContaining('AcrPull'),
  });
  actions.add('Microsoft.ContainerRegistry/registries/pull/read');
  expect(await registry.digest('shop', 'web.never')).toBeUndefined();
});

test('a name that is too long or has other letters becomes one that Azure takes', async () => {
  const app = 'a'.repeat(60);
  const session = `${'B'.repeat(30)}.${'G_'.repeat(20)}`;

  const credential = await bed.registry().mint(grant(session, { app }));

  expect(credential.username).toHaveLength(50);
  expect(await clientOf(credential).push(`atom/${app}`, 'web.B1')).toMatch(/^sha256:/);
});
