import { expect, test } from '@jest/globals';
import { createBuild } from '#core/builds/create-build.ts';
import { getBuild } from '#core/builds/read-builds.ts';
import { updateBuild } from '#core/builds/update-build.ts';
import { createGrant } from '#core/grants/create-grant.ts';
import { listGrants } from '#core/grants/read-grants.ts';
import { revokeGrant } from '#core/grants/revoke-grant.ts';
import { createRelease } from '#core/releases/create-release.ts';
import { aBuild, aCaller, bedWithShop } from '../api-bed.ts';

const manifest = 'services:\n  web:\n    build: .\n    port: 80\n  cache:\n    image: redis:7\n';
const digest = `sha256:${'a'.repeat(64)}`;
const ended = '2026-03-18T14:40:00.000Z';
const url = 'https://AWS:s3cr%2Ft%3D1@registry.example.com/atom/shop';

const begin = async (given: { 'no-grant'?: boolean } = {}) => {
  const bed = await bedWithShop();
  const build = await createBuild(bed)(
    {
      app: 'shop',
      url: 'file:///home/ada/shop',
      description: 'by hand',
      development: false,
      external: true,
      'no-grant': true,
      manifest: 'convox.yml',
      'no-cache': false,
      'git-sha': '',
      ...given,
    },
    aCaller('deploy')
  );
  const one = { app: 'shop', id: build.id };
  const update = (report: object) => updateBuild(bed)({ ...one, ...report }, aCaller('deploy'));
  const push = (service: string, pushed = digest) =>
    bed.registry.push('shop', `${service}.${build.id}`, pushed);
  return {
    bed,
    build,
    one,
    update,
    push,
    grants: () => listGrants(bed)({ app: 'shop', limit: 10 }),
  };
};

test('starts nothing in the cluster and says where a Convox client pushes to', async () => {
  const { bed, build, grants } = await begin({ 'no-grant': false });

  expect(build).toMatchObject({ status: 'created', repository: url });
  expect(bed.buildRuns.started).toEqual([]);
  expect(await grants()).toEqual([
    {
      id: expect.stringMatching(/^G[A-Z]{10}$/),
      app: 'shop',
      build: build.id,
      actor: 'ada',
      repository: 'registry.example.com/atom/shop',
      created: '2026-03-18T14:30:00.000Z',
      expires: '2026-03-18T15:30:00.000Z',
      static: false,
      status: 'active',
    },
  ]);
});

test('gives no credential before it is asked for, and then one of a quarter of an hour', async () => {
  const { bed, build, one, grants } = await begin();
  expect(build.repository).toBe('');
  expect(await grants()).toEqual([]);

  const grant = await createGrant(bed)(one, aCaller('deploy'));

  expect(grant).toMatchObject({ url, expires: '2026-03-18T14:45:00.000Z', status: 'active' });
  expect(bed.registry.minted).toEqual([
    {
      app: 'shop',
      session: `${one.id}.${grant.id}`,
      expires: Date.parse(grant.expires),
      withCache: false,
    },
  ]);
  expect(JSON.stringify(await grants())).not.toContain('s3cr');
});

test('records a grant even if the registry does not give it', async () => {
  const { bed, one, grants } = await begin();
  bed.registry.isBroken = true;

  await expect(createGrant(bed)(one, aCaller())).rejects.toThrow('the registry does not answer');
  expect(await grants()).toHaveLength(1);
});

test('answers the manifest of a Convox client with an address to push to', async () => {
  const { update } = await begin();

  expect((await update({ manifest })).repository).toBe(url);
  expect((await update({ entrypoint: 'sh' })).repository).toBe('');
});

test('pins what was pushed, takes the credentials back, and completes', async () => {
  const { bed, one, update, push, grants } = await begin({ 'no-grant': false });
  const [grant] = await grants();
  push('web');

  const checked = await update({ manifest, ended, images: { web: digest } });
  const release = await createRelease(bed)({ app: 'shop', build: one.id }, aCaller());
  const done = await update({ release: release.id, status: 'complete' });

  expect(checked).toMatchObject({ repository: '', status: 'created', ended });
  expect(done).toMatchObject({ status: 'complete', release: release.id });
  expect((await bed.builds.find('shop', one.id))?.images).toEqual([
    { service: 'web', image: `registry.example.com/atom/shop@${digest}` },
    { service: 'cache', image: `redis:7@sha256:${'0'.repeat(64)}` },
  ]);
  expect((await grants()).map((it) => it.status)).toEqual(['revoked']);
  expect(bed.registry.revoked.get('shop')).toEqual([`${one.id}.${grant?.id}`]);
});

test('keeps how the images came about as the word of the client', async () => {
  const { bed, one, update, push } = await begin();
  const bases = [{ image: 'node:24', digest }];
  push('web');

  await update({ manifest, ended, provenance: { builder: 'podman 5.6', bases, sbom: false } });

  expect(await getBuild(bed)(one)).toMatchObject({
    provenance: { builder: 'podman 5.6', bases, sbom: false, claimed: true },
  });
});

test('takes the registry’s word when the client claims nothing', async () => {
  const { bed, one, update, push } = await begin();
  push('web');
  push('cache', `sha256:${'b'.repeat(64)}`);

  await update({ manifest, ended });

  expect((await bed.builds.find('shop', one.id))?.images.map((it) => it.image)).toEqual([
    `registry.example.com/atom/shop@${digest}`,
    `registry.example.com/atom/shop@sha256:${'b'.repeat(64)}`,
  ]);
});

test.each<[string, Record<string, string>, string]>([
  [
    'another digest',
    { web: `sha256:${'f'.repeat(64)}` },
    `the registry reports ${digest} for web.B`,
  ],
  ['a service of another manifest', { api: digest }, 'images: the manifest has no service api'],
])('refuses %s and leaves the build as it was', async (_, images, message) => {
  const { bed, one, update, push } = await begin();
  push('web');

  await expect(update({ manifest, ended, images })).rejects.toThrow(message);
  expect(await bed.builds.find('shop', one.id)).toMatchObject({ ended: '', images: [] });
});

test('names a service whose image is not there', async () => {
  const { update } = await begin();

  await expect(update({ manifest, ended })).rejects.toThrow(
    /service web: no image was pushed as registry\.example\.com\/atom\/shop:web\.B/
  );
});

test('is not complete before its images were checked', async () => {
  const { update } = await begin();

  await expect(update({ status: 'complete' })).rejects.toThrow('its images were not checked');
});

test('a failed one needs no images, and loses its credentials', async () => {
  const { update, grants } = await begin({ 'no-grant': false });

  expect(await update({ ended, status: 'failed' })).toMatchObject({ status: 'failed' });
  expect((await grants()).map((it) => it.status)).toEqual(['revoked']);
  await expect(update({ status: 'running' })).rejects.toMatchObject({ kind: 'conflict' });
});

test('gives no more credentials once it has ended', async () => {
  const { bed, one, update } = await begin();
  await update({ ended, status: 'failed' });

  await expect(createGrant(bed)(one, aCaller())).rejects.toThrow('has ended already');
});

test('gives none for a build of the cluster, which reports on itself', async () => {
  const { bed } = await begin();
  const { id } = await bed.builds.create(aBuild());

  await expect(createGrant(bed)({ app: 'shop', id }, aCaller())).rejects.toThrow('in the cluster');
  await expect(
    updateBuild(bed)({ app: 'shop', id, status: 'complete' }, aCaller())
  ).rejects.toMatchObject({ kind: 'conflict' });
});

test('names releases of its own only', async () => {
  const { bed, one, update } = await begin();
  const create = createRelease(bed);
  const own = await create({ app: 'shop', build: one.id }, aCaller());
  const other = await bed.builds.create(aBuild({ status: 'complete' }));
  const strange = await create({ app: 'shop', build: other.id }, aCaller());

  await expect(update({ release: strange.id })).rejects.toThrow(
    `release ${strange.id} is not of build ${one.id}`
  );
  await expect(update({ release: 'RZZZZZZZZZZ' })).rejects.toThrow('release not found');
  expect((await update({ release: own.id })).release).toBe(own.id);
});

test('one grant can be taken back at once, and once', async () => {
  const { bed, one, grants } = await begin();
  const first = await createGrant(bed)(one, aCaller());
  const second = await createGrant(bed)(one, aCaller());
  const revoke = (id: string) => revokeGrant(bed)({ app: 'shop', id });

  expect(await revoke(first.id)).toMatchObject({ id: first.id, status: 'revoked' });
  expect((await grants()).map((it) => it.status)).toEqual(['active', 'revoked']);
  expect(bed.registry.revoked.get('shop')).toEqual([`${one.id}.${first.id}`]);
  await expect(revoke(first.id)).rejects.toThrow(`grant ${first.id} is revoked already`);
  await expect(revoke('GZZZZZZZZZZ')).rejects.toThrow('grant not found: GZZZZZZZZZZ');
  await bed.sleep(900_000);
  await expect(revoke(second.id)).rejects.toThrow(`grant ${second.id} is expired already`);
});
