import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { RegistryRepositories } from '#adapters/registry/registry-repositories.ts';
import type { PushCredential, PushSession } from '#core/registries/ports.ts';
import { type GoogleBed, googleBed, push } from '#test/fakes/google/google-bed.ts';

const minute = 60_000;
let bed: GoogleBed;

beforeEach(async () => {
  bed = await googleBed();
});

afterEach(async () => {
  await bed.close();
});

const session = (changes: Partial<PushSession> = {}): PushSession => ({
  app: 'shop',
  session: 'BAAAAAAAAAA.GAAAAAAAAAA',
  expires: bed.in(15 * minute),
  withCache: false,
  ...changes,
});

const denied = /Permission "artifactregistry.repositories.(up|down)loadArtifacts" denied/;

/** Begins an upload without asking for a token of the Docker host. */
const beginUpload = async (
  { username, password }: PushCredential,
  address: string
): Promise<{ status: number; text: string }> => {
  const [host = '', ...name] = address.split('/');
  const login = Buffer.from(`${username}:${password}`).toString('base64');
  const response = await fetch(`http://${host}/v2/${name.join('/')}/blobs/uploads/`, {
    method: 'POST',
    headers: { authorization: `Basic ${login}` },
  });
  return { status: response.status, text: await response.text() };
};

test('makes the repository on first use, with immutable tags, and lets its grant push there', async () => {
  const credential = await bed.registry.mint(session());

  const host = new URL(bed.endpoints.registry).host;
  expect(credential).toMatchObject({
    repository: `${host}/images/prod-shop/shop`,
    host,
    username: 'oauth2accesstoken',
  });
  const digest = await push(credential, credential.repository, ['web.BAAAAAAAAAA']);
  expect(await bed.registry.digest('shop', 'web.BAAAAAAAAAA')).toBe(digest);
  expect([...bed.world.repositories.values()]).toMatchObject([
    {
      format: 'DOCKER',
      dockerConfig: { immutableTags: true },
      labels: { 'rackless-rack': 'prod', 'rackless-app': 'shop', 'rackless-kind': 'images' },
    },
  ]);
});

test('lets the rack itself pull what was pushed, and push nothing', async () => {
  const credential = await bed.registry.mint(session());
  const digest = await push(credential, credential.repository, ['web.B1']);
  const login = await bed.registry.login();
  const repository = new RegistryRepositories([credential.host]).open(credential.repository, login);

  expect(await repository.manifest(digest)).toMatchObject({ mediaType: expect.any(String) });
  expect((await beginUpload({ ...credential, ...login }, credential.repository)).status).toBe(403);
});

test('says that nothing was pushed under a tag, or in a repository that is not there', async () => {
  expect(await bed.registry.digest('shop', 'web.B1')).toBeUndefined();

  await bed.registry.mint(session());

  expect(await bed.registry.digest('shop', 'web.B1')).toBeUndefined();
});

test('a tag that is taken stays what it is', async () => {
  const credential = await bed.registry.mint(session());
  const first = await push(credential, credential.repository, ['web.B1', 'first']);

  await expect(push(credential, credential.repository, ['web.B1', 'second'])).rejects.toThrow(
    'tags of the repository are immutable'
  );
  expect(await bed.registry.digest('shop', 'web.B1')).toBe(first);
});

test('a grant cannot push to the repository of another app', async () => {
  const other = await bed.registry.mint(session({ app: 'blog' }));
  const credential = await bed.registry.mint(session());

  await expect(push(credential, other.repository, ['web.B1'])).rejects.toThrow(denied);
  expect(await beginUpload(credential, credential.repository)).toMatchObject({ status: 202 });
  expect(await beginUpload(credential, other.repository)).toMatchObject({
    status: 403,
    text: expect.stringContaining('uploadArtifacts'),
  });
});

test('a grant cannot push to the same app of another rack', async () => {
  const other = await bed.registryOf('dev').mint(session());
  const credential = await bed.registry.mint(session());

  await expect(push(credential, other.repository, ['web.B1'])).rejects.toThrow(denied);
});

test('only a grant for the cache can push there, and its tags move', async () => {
  const inCluster = await bed.registry.mint(session({ withCache: true }));
  const external = await bed.registry.mint(session());
  const cache = bed.registry.cacheRepositoryOf('shop');

  await expect(push(external, cache, ['web'])).rejects.toThrow(denied);
  await push(inCluster, cache, ['web', 'first']);
  await push(inCluster, cache, ['web', 'second']);
  await push(inCluster, inCluster.repository, ['web.B1']);
});

test('a grant ends when it says so, and after an hour at the latest', async () => {
  const short = await bed.registry.mint(session({ expires: bed.in(10 * minute) }));
  const long = await bed.registry.mint(session({ expires: bed.in(180 * minute) }));

  bed.pass(10 * minute);
  await expect(push(short, short.repository, ['web.B1'])).rejects.toThrow('Unauthenticated');
  bed.pass(49 * minute);
  await push(long, long.repository, ['web.B1']);
  bed.pass(minute);
  await expect(push(long, long.repository, ['web.B2'])).rejects.toThrow('Unauthenticated');
});

test('a grant is dead as soon as it is revoked, for builds in the cluster as well', async () => {
  const external = await bed.registry.mint(session());
  const inCluster = await bed.registry.mint(session({ withCache: true }));

  await bed.registry.revoke('shop', ['B1.G1', 'B2.G2'], []);

  for (const credential of [external, inCluster]) {
    await expect(push(credential, credential.repository, ['web.B1'])).rejects.toThrow(
      'Unauthenticated'
    );
  }
});

test('revoking leaves other apps alone, and apps that never had a grant', async () => {
  const blog = await bed.registry.mint(session({ app: 'blog' }));
  await bed.registry.mint(session());

  await bed.registry.revoke('shop', ['B1.G1'], []);
  await bed.registry.revoke('never', ['B1.G1'], []);

  await push(blog, blog.repository, ['web.B1']);
});

test('revokes once the last grant of the app is to end', async () => {
  const first = await bed.registry.mint(session());
  const second = await bed.registry.mint(session());

  await bed.registry.revoke('shop', ['B1.G1'], ['B2.G2']);
  await push(second, second.repository, ['web.B2']);
  await bed.registry.revoke('shop', ['B1.G1', 'B2.G2'], []);

  for (const credential of [first, second]) {
    await expect(push(credential, credential.repository, ['web.B3'])).rejects.toThrow(
      'Unauthenticated'
    );
  }
});

// What Google's reference says of an account that is enabled again; the guide warns of it.
test('a revoked grant works again while a later one does, but not past its own end', async () => {
  const first = await bed.registry.mint(session({ expires: bed.in(10 * minute) }));
  await bed.registry.revoke('shop', ['B1.G1'], []);

  const second = await bed.registry.mint(session({ expires: bed.in(15 * minute) }));

  await push(first, first.repository, ['web.B1']);
  bed.pass(11 * minute);
  await push(second, second.repository, ['web.B2']);
  await expect(push(first, first.repository, ['web.B3'])).rejects.toThrow('Unauthenticated');
});

test('waits until the right to push has reached the Docker host', async () => {
  bed.world.propagation = 8_000;

  const credential = await bed.registry.mint(session());

  await push(credential, credential.repository, ['web.B1']);
});

test('says to ask again when that takes long, and then works', async () => {
  bed.world.propagation = 2 * minute;

  await expect(bed.registry.mint(session())).rejects.toMatchObject({
    name: 'UnavailableError',
    message: 'google does not yet let the grant push to images/prod-shop/shop',
    hint: expect.stringContaining('ask again'),
  });
  bed.pass(2 * minute);
  const credential = await bed.registry.mint(session());

  await push(credential, credential.repository, ['web.B1']);
});

test('a second grant changes nothing and costs no wait', async () => {
  await bed.registry.mint(session());
  const [time, calls] = [bed.clock(), bed.world.log.length];

  await bed.registry.mint(session());

  expect(bed.clock()).toBe(time);
  expect(
    bed.world.log.slice(calls).filter((it) => /setIamPolicy|enable|exchange/.test(it))
  ).toEqual([]);
});

test('keeps what others have written into the policy of the repository', async () => {
  await bed.registry.mint(session());
  const repository = [...bed.world.repositories.values()][0];
  const reader = { role: 'roles/artifactregistry.reader', members: ['group:ops@example.com'] };
  const bindings = [reader, { role: 'roles/artifactregistry.writer', members: ['user:a@b.c'] }];
  repository?.policies.push({ at: bed.clock(), policy: { bindings } });

  await bed.registry.mint(session());

  expect(repository?.policies.at(-1)?.policy.bindings).toEqual([
    reader,
    {
      role: 'roles/artifactregistry.writer',
      members: ['user:a@b.c', 'serviceAccount:prod-shop-push@images.iam.gserviceaccount.com'],
    },
  ]);
});

test('starts over when somebody else changes the policy meanwhile', async () => {
  const members = ['group:ops@example.com'];
  bed.world.afterPolicyRead = ({ policies }) => {
    bed.world.afterPolicyRead = () => undefined;
    const bindings = [{ role: 'roles/artifactregistry.reader', members }];
    policies.push({ at: bed.clock(), policy: { bindings } });
  };

  const credential = await bed.registry.mint(session());

  await push(credential, credential.repository, ['web.B1']);
  const [repository] = bed.world.repositories.values();
  expect(repository?.policies.at(-1)?.policy.bindings).toContainEqual({
    role: 'roles/artifactregistry.reader',
    members,
  });
});

test('waits for an account that is not known everywhere yet', async () => {
  bed.world.accountDelay = 3_000;

  const credential = await bed.registry.mint(session());

  await push(credential, credential.repository, ['web.B1']);
});

test('two grants at a time do not undo each other', async () => {
  const [external, inCluster] = await Promise.all([
    bed.registry.mint(session()),
    bed.registry.mint(session({ withCache: true })),
  ]);

  await push(external, external.repository, ['web.B1']);
  await push(inCluster, inCluster.repository, ['web.B2']);
});

test('a revocation that began earlier puts no new grant to sleep', async () => {
  bed.world.propagation = 3_000;
  const email = 'prod-shop-push@images.iam.gserviceaccount.com';
  let isLate = true;
  const sleep = async (milliseconds: number): Promise<void> => {
    bed.pass(milliseconds);
    const account = bed.world.accounts.get(email);
    const isTried = bed.world.log.some((it) => it.includes('/v2/token'));
    if (!account || !isTried || !isLate) return;
    isLate = false;
    account.disabled = true;
  };

  const credential = await bed.registryOf('prod', sleep).mint(session());

  expect(isLate).toBe(false);
  await push(credential, credential.repository, ['web.B1']);
});

test('an app that is called like another one’s cache gets a repository of its own', async () => {
  await bed.registry.mint(session({ withCache: true }));
  const credential = await bed.registry.mint(session({ app: 'shop-cache' }));

  const cache = bed.registry.cacheRepositoryOf('shop').replace(/shop$/, 'shop-cache');
  expect(credential.repository).not.toBe(cache);
  await push(credential, credential.repository, ['web.B1']);
  await expect(push(credential, cache, ['web.B1'])).rejects.toThrow(denied);
});

test('touches neither a repository nor an account that is not the app’s', async () => {
  await bed.registryOf('prod-a').mint(session({ app: 'b' }));

  await expect(bed.registryOf('prod').mint(session({ app: 'a-b' }))).rejects.toMatchObject({
    code: 'Conflict',
    message: expect.stringMatching(/is not the one of app a-b$/),
  });
  await expect(bed.registryOf('prod').revoke('a-b', ['B1.G1'], [])).rejects.toMatchObject({
    code: 'Conflict',
  });
});
