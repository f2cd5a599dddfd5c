import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { scopeMapName } from '#adapters/azure/acr-names.ts';
import { type AzureBed, openAzureBed, setUp } from '#test/fakes/microsoft/azure-bed.ts';
import { clientOf } from '#test/fakes/push-artifact.ts';
import { imageStoreBehavesLike, type PushedManifest } from '#test/ports/image-store.ts';

let bed: AzureBed;

beforeAll(async () => {
  bed = await openAzureBed();
});

afterAll(async () => bed.close());

beforeEach(() => {
  setUp(bed);
  bed.useRole('rackless expire');
});

/** A build's credential for an app, by the identity that mints. */
const credentialFor = async (app: string, withCache = false) => {
  bed.useRole('rackless registry');
  const expires = bed.time.now + 600_000;
  const credential = await bed.registry().mint({ app, session: 'B.G', expires, withCache });
  bed.useRole('rackless expire');
  return credential;
};

const bearerFor = async (app: string): Promise<string> => {
  const { username, password } = await credentialFor(app);
  const scope = `repository:atom/${app}:pull,push`;
  const response = await fetch(`${bed.microsoft.registryUrl}/oauth2/token?scope=${scope}`, {
    headers: {
      authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`,
    },
  });
  return ((await response.json()) as { access_token: string }).access_token;
};

const push = async ({ app, tags, text, type, digest }: PushedManifest): Promise<void> => {
  const authorization = `Bearer ${await bearerFor(app)}`;
  const base = `${bed.microsoft.registryUrl}/v2/atom/${app}`;
  const empty = 'sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a';
  const upload = `${base}/blobs/uploads/?digest=${empty}`;
  await fetch(upload, { method: 'POST', headers: { authorization }, body: '{}' });
  for (const reference of tags.length > 0 ? tags : [digest]) {
    const headers = { authorization, 'content-type': type };
    const url = `${base}/manifests/${reference}`;
    const { status } = await fetch(url, { method: 'PUT', headers, body: text });
    expect(status).toBe(201);
  }
};

imageStoreBehavesLike('AcrImages', () => ({
  images: bed.images(),
  push,
  can: { listUntagged: true, keepRetagged: false },
}));

test('a tag makes an image young again', async () => {
  const client = clientOf(bed.microsoft.registryUrl, await credentialFor('young'));
  await client.push('atom/young', 'web.BAAAAABAAAA');

  const [image] = await bed.images().list('young');

  expect(image?.pushed).toBe(bed.time.now);
});

test('what is left of a deleted app goes with its cache, grants and scope maps', async () => {
  const client = clientOf(bed.microsoft.registryUrl, await credentialFor('old', true));
  await client.push('atom/old', 'web.BAAAAABAAAA');
  await client.push('atom/old/cache', 'web');
  const other = await credentialFor('other');
  const { scopeMaps, tokens } = bed.microsoft.registry;
  expect([...scopeMaps.keys()]).toContain(scopeMapName('atom/old', true));

  expect(await bed.images().removeApp('old')).toBe('removed');

  expect([...scopeMaps.keys()]).toEqual([scopeMapName('atom/other', false)]);
  expect([...tokens.keys()]).toEqual([other.username]);
  expect(await client.pull('atom/old', 'web.BAAAAABAAAA')).toBe(401);
  expect(await bed.images().list('old')).toEqual([]);
  expect(await clientOf(bed.microsoft.registryUrl, other).push('atom/other', 'x')).toMatch(/^sha/);
});

test('all of the role is needed, and who mints can not delete', async () => {
  const role = [...bed.microsoft.directory.identity.actions];
  const client = clientOf(bed.microsoft.registryUrl, await credentialFor('held'));
  const work = async () => {
    await client.push('atom/held', 'web.BAAAAABAAAA');
    const images = bed.images();
    await images.remove('held', await images.list('held'));
    await images.removeApp('held');
  };
  await work();

  for (const missing of role) {
    await credentialFor('held');
    bed.microsoft.directory.identity.actions.delete(missing);
    await expect(work()).rejects.toThrow();
  }
  bed.useRole('rackless registry');
  await expect(work()).rejects.toThrow('the rack could not delete');
});
