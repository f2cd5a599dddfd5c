import { inspect } from 'node:util';
import { expect, test } from '@jest/globals';
import type { Build } from '#core/builds/build.ts';
import { importImage } from '#core/builds/import-image.ts';
import { updateBuild } from '#core/builds/update-build.ts';
import { createRelease } from '#core/releases/create-release.ts';
import { InMemoryCluster } from '#test/fakes/in-memory-cluster.ts';
import { aBuild, aCaller, bedWithShop } from '../api-bed.ts';

const image = 'ghcr.io/acme/shop:1.4';
const manifest = 'services:\n  web:\n    port: 80\n  cache:\n    image: redis:7\n';
const login = { 'src-creds-user': 'ada', 'src-creds-pass': 'hunter2-s3cr3t' };

const begin = async (given: Partial<Build> = {}) => {
  const bed = await bedWithShop();
  const cluster = new InMemoryCluster();
  const { id } = await bed.builds.create(aBuild({ external: true, manifest, ...given }));
  const deps = { ...bed, rack: 'atom', cluster };
  const request = { app: 'shop', id, image, 'src-creds-user': '', 'src-creds-pass': '' };
  return {
    bed,
    cluster,
    id,
    find: () => bed.builds.find('shop', id),
    secrets: async () => (await cluster.list('Secret', 'atom-builds')).items,
    run: (more: Partial<typeof request> = {}) =>
      importImage(deps)({ ...request, ...more }, aCaller('deploy')),
  };
};

test('an external build goes on in the cluster, and needs no cluster before that', async () => {
  const { bed, cluster, id, find, run } = await begin();
  cluster.unreachable = true;

  expect(await run()).toBe('ok');

  expect(await find()).toMatchObject({ imported: image, status: 'running', external: false });
  expect(bed.buildRuns.started).toEqual([`shop/${id}`]);
});

test('the login is in a Secret of the build, and in no record', async () => {
  const { bed, id, find, secrets, run } = await begin();

  await run(login);

  const [secret, ...others] = await secrets();
  expect(others).toEqual([]);
  expect(secret).toMatchObject({
    metadata: { name: `source-${id.toLowerCase()}`, labels: { build: id.toLowerCase() } },
    data: {
      server: Buffer.from('ghcr.io').toString('base64'),
      username: Buffer.from('ada').toString('base64'),
      password: Buffer.from(login['src-creds-pass']).toString('base64'),
    },
  });
  const { records, buildRuns } = bed;
  const kept = inspect([await find(), records.of('shop'), buildRuns.started], {
    depth: 9,
    maxStringLength: null,
  });
  expect(kept).toContain(id);
  expect(kept).not.toContain('hunter2');
});

test('two at once are one, in the words of Convox', async () => {
  const { bed, id, run } = await begin();

  const both = await Promise.allSettled([run(), run({ image: 'other:1' })]);

  const refused = both.flatMap((it) => (it.status === 'rejected' ? [it.reason] : []));
  expect(refused).toMatchObject([
    {
      kind: 'conflict',
      message: `build ${id} is already importing; wait for completion before retrying`,
    },
  ]);
  expect(bed.buildRuns.started).toHaveLength(1);
});

test('an import that cannot be started has failed, and leaves no login behind', async () => {
  const { bed, find, secrets, run } = await begin();
  bed.buildRuns.isBroken = true;

  await expect(run(login)).rejects.toThrow('the state machine does not start');

  expect(await find()).toMatchObject({
    status: 'failed',
    reason: 'the import could not be started',
  });
  expect(await secrets()).toEqual([]);
});

test('a login needs the cluster: without it the import fails at once', async () => {
  const { cluster, bed, find, run } = await begin();
  cluster.unreachable = true;

  await expect(run(login)).rejects.toMatchObject({ kind: 'unavailable' });

  expect(await find()).toMatchObject({ status: 'failed' });
  expect(bed.buildRuns.started).toEqual([]);
});

test.each<[object, RegExp]>([
  [{ image: 'Shop:1' }, /^image: not the name of an image: Shop:1$/],
  [{ image: 'https://ada:x@h/a' }, /an image: https:\/\/\*\*\*\*@h\/a$/],
  [{ image: 'ada:x@h/a' }, /an image: \*\*\*\*@h\/a$/],
  [{ image: 'a:1@sha256:12' }, /an image: a:1@sha256:12$/],
  [{ 'src-creds-user': 'ada' }, /^src-creds-pass is missing$/],
  [{ 'src-creds-pass': 'x' }, /^src-creds-user is missing$/],
])('a request with %j is refused before anything is written', async (request, message) => {
  const { bed, find, run } = await begin();
  const before = await find();

  await expect(run(request)).rejects.toThrow(message);

  expect(await find()).toEqual(before);
  expect(bed.buildRuns.started).toEqual([]);
});

test.each<[Partial<Build>, RegExp]>([
  [{ manifest: ' \n' }, /^build B[A-Z]{10} has no manifest$/],
  [{ manifest: 'services:\n  web:\n    prot: 80\n' }, /prot/],
  [
    { manifest: 'services:\n  a:\n    image: x:1\n  b:\n    image: y:1\n' },
    /^no service takes the image: each has one of its own \(a, b\)$/,
  ],
  [{ external: false }, /^build B[A-Z]{10} is one of a source$/],
  [{ status: 'running' }, /is already importing; wait for completion/],
  [{ status: 'failed', reason: 'no' }, /^build B[A-Z]{10} has failed: no$/],
  [{ status: 'complete' }, /^build B[A-Z]{10} is complete already$/],
])('a build that is %j takes no import, and nothing is written', async (given, message) => {
  const { bed, find, secrets, run } = await begin(given);
  const before = await find();

  await expect(run(login)).rejects.toThrow(message);

  expect(await find()).toEqual(before);
  expect(await secrets()).toEqual([]);
  expect(bed.buildRuns.started).toEqual([]);
});

test('an unknown build and a locked app are named', async () => {
  const { bed, run } = await begin();

  await expect(run({ id: 'BZZZZZZZZZZ' })).rejects.toThrow('build not found: BZZZZZZZZZZ');
  await bed.apps.change('shop', { locked: true });
  await expect(run()).rejects.toThrow('app is locked: shop');
});

test('its client makes the release and names it, once', async () => {
  const { bed, id, find, run } = await begin();
  await run();
  const update = (report: object) => updateBuild(bed)({ app: 'shop', id, ...report }, aCaller());
  await expect(update({ status: 'complete' })).rejects.toThrow('runs in the cluster');
  await bed.builds.change('shop', id, { status: 'complete', ended: 'now' });

  const { id: release } = await createRelease(bed)({ app: 'shop', build: id }, aCaller());
  expect(await update({ release })).toMatchObject({ release, status: 'complete' });

  expect((await find())?.release).toBe(release);
  await expect(update({ release: 'RZZZZZZZZZZ' })).rejects.toThrow('release not found');
  await expect(update({ status: 'failed' })).rejects.toThrow('is complete already');
  const { id: second } = await createRelease(bed)({ app: 'shop', build: id }, aCaller());
  expect((await find())?.release).toBe(release);
  await expect(update({ release: second })).rejects.toMatchObject({ kind: 'conflict' });
});

test('a manifest is answered without a credential when none is wanted', async () => {
  const { bed, id } = await begin({ manifest: '' });

  const report = { app: 'shop', id, manifest, 'no-grant': true };
  const { repository } = await updateBuild(bed)(report, aCaller());

  expect(repository).toBe('');
  expect(bed.registry.minted).toEqual([]);
});
