import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { PushCredential } from '#core/registries/ports.ts';
import {
  expirePlane,
  expireRole,
  type GoogleBed,
  googleBed,
  plane,
  push,
} from '#test/fakes/google/google-bed.ts';
import { imageStoreListsLike, type PushedManifest } from '#test/ports/image-store.ts';

let bed: GoogleBed;

beforeAll(async () => {
  bed = await googleBed();
});

afterAll(() => bed.close());

beforeEach(() => {
  bed.world.repositories.clear();
});

const mint = (app: string, withCache = false): Promise<PushCredential> =>
  bed.registry.mint({ app, session: 'B.G', expires: bed.in(600_000), withCache });

const pushManifest = async ({ app, tags, text, type, digest }: PushedManifest): Promise<void> => {
  const { username, password, repository } = await mint(app);
  const [host, ...path] = repository.split('/');
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  for (const reference of tags.length > 0 ? tags : [digest]) {
    const url = `http://${host}/v2/${path.join('/')}/manifests/${reference}`;
    const headers = { authorization, 'content-type': type };
    const { status } = await fetch(url, { method: 'PUT', headers, body: text });
    expect(status).toBe(201);
  }
};

imageStoreListsLike('ArtifactImages', () => ({ images: bed.images(), push: pushManifest }));

test('lists all pages, with the time of the push', async () => {
  const { repository, ...login } = await mint('shop');
  const pushed = bed.clock();
  for (const tag of ['web.B1', 'web.B2', 'web.B3']) await push(login, repository, [tag]);
  bed.pass(60_000);

  const images = await bed.images().list('shop');

  expect(images.map((it) => it.tags)).toEqual([['web.B1'], ['web.B2'], ['web.B3']]);
  expect(new Set(images.map((it) => it.pushed))).toEqual(new Set([pushed]));
});

test('lets no single image go', async () => {
  const { repository, ...login } = await mint('shop');
  await push(login, repository, ['web.B1']);

  expect(await bed.images().remove()).toBe('unsupported');
  expect(await bed.images().list('shop')).toHaveLength(1);
});

test('what is left of a deleted app goes: repositories, accounts and what they could do', async () => {
  const { repository, ...login } = await mint('old', true);
  const other = await mint('other');
  await mint('old');
  await push(login, repository, ['web.B1']);
  await push(login, bed.registry.cacheRepositoryOf('old'), ['web']);

  expect(await bed.images().removeApp('old')).toBe('removed');

  expect([...bed.world.repositories.keys()].map((it) => it.split('/').at(-1))).toEqual([
    'prod-other',
  ]);
  const accounts = [...bed.world.accounts.keys()].filter((it) => it.startsWith('prod-'));
  expect(accounts.filter((it) => it.startsWith('prod-old-'))).toEqual([]);
  await expect(push(login, repository, ['web.B2'])).rejects.toThrow('401');
  expect(await push(other, other.repository, ['web.B1'])).toMatch(/^sha256:/);
});

test('a new app of the name begins anew, and an old grant is none of its own', async () => {
  const { repository, ...old } = await mint('shop');
  await push(old, repository, ['web.B1', 'old']);
  await bed.images().removeApp('shop');

  const made = await mint('shop');

  await expect(push(old, repository, ['web.B2'])).rejects.toThrow('401');
  expect(await push(made, repository, ['web.B1', 'new'])).toMatch(/^sha256:/);
});

test('a repository goes also when somebody has let its tags move', async () => {
  await mint('shop');
  const [name = '', repository] = [...bed.world.repositories][0] ?? [];
  if (!repository) throw new Error('nothing was made');
  bed.world.repositories.set(name, { ...repository, dockerConfig: { immutableTags: false } });

  await bed.images().removeApp('shop');

  expect(bed.world.repositories.size).toBe(0);
});

test('what others have made under such a name stays', async () => {
  await mint('shop');
  const [name = '', repository] = [...bed.world.repositories][0] ?? [];
  const email = 'prod-shop-push@images.iam.gserviceaccount.com';
  const account = bed.world.accounts.get(email);
  if (!(repository && account)) throw new Error('nothing was made');
  bed.world.repositories.set(name, { ...repository, labels: {} });
  bed.world.accounts.set(email, { ...account, description: 'of somebody else' });

  await bed.images().removeApp('shop');

  expect(bed.world.repositories.has(name)).toBe(true);
  expect(bed.world.accounts.has(email)).toBe(true);
  bed.world.removeAccount(email);
});

test('all of the role is needed, and who mints can not delete', async () => {
  const permissions = bed.world.roles.get(expireRole) ?? [];
  const work = async () => {
    await mint('held', true);
    await bed.images().list('held');
    await bed.images().removeApp('held');
  };
  await work();
  expect(permissions).toHaveLength(5);

  for (const missing of permissions) {
    const less = permissions.filter((it) => it !== missing);
    bed.world.roles.set(expireRole, less);
    await expect(work()).rejects.toMatchObject({
      hint: `give the rack's service account a role with ${missing}`,
    });
  }
  bed.world.roles.set(expireRole, permissions);
  await mint('held');
  await expect(bed.images(plane).removeApp('held')).rejects.toThrow('google does not delete');
});

test('who deletes can neither mint nor push', async () => {
  const registry = bed.registryOf('prod', undefined, expirePlane);
  const session = { app: 'shop', session: 'B.G', expires: bed.in(600_000), withCache: false };

  await expect(registry.mint(session)).rejects.toThrow('google does not');
  const { repository } = await mint('shop');
  const login = await registry.login();
  await expect(push(login, repository, ['web.B1'])).rejects.toThrow('403');
});
