import { expect, test } from '@jest/globals';
import { createRelease } from '#core/releases/create-release.ts';
import { aBuild, aCaller, bedWithShop } from '../api-bed.ts';

const create = async () => {
  const bed = await bedWithShop();
  const make = createRelease(bed);
  return {
    bed,
    make: (request: Partial<Parameters<typeof make>[0]>) =>
      make({ app: 'shop', ...request }, aCaller()),
  };
};

test('the first release of an app has what it is given and nothing else', async () => {
  const { make } = await create();

  expect(await make({ env: 'B=2\nA=1' })).toEqual({
    id: expect.stringMatching(/^R[A-Z]{10}$/),
    app: 'shop',
    build: '',
    env: 'A=1\nB=2',
    manifest: '',
    description: 'env add:A add:B',
    created: '2026-03-18T14:30:00.000Z',
  });
});

test('a build brings its manifest and description, and the environment stays', async () => {
  const { bed, make } = await create();
  await make({ env: 'A=1' });
  const build = await bed.builds.create(aBuild({ status: 'complete' }));

  expect(await make({ build: build.id })).toMatchObject({
    build: build.id,
    env: 'A=1',
    manifest: build.manifest,
    description: 'build 0123456789 first',
  });
});

test('an environment that changes describes itself, and keeps the build', async () => {
  const { bed, make } = await create();
  const build = await bed.builds.create(aBuild({ status: 'complete' }));
  await make({ build: build.id, env: 'KEEP=1\nDROP=1\nOLD=1' });

  expect(await make({ env: 'KEEP=1\nOLD=2\nNEW=1' })).toMatchObject({
    build: build.id,
    manifest: build.manifest,
    description: 'env add:NEW change:OLD remove:DROP',
  });
});

test('without a change the description is the one of the build again', async () => {
  const { bed, make } = await create();
  const build = await bed.builds.create(aBuild({ status: 'complete' }));
  await make({ build: build.id });
  await make({ env: 'A=1' });

  expect((await make({ env: 'A=1' })).description).toBe('build 0123456789 first');
});

test('a description that is given wins over all others', async () => {
  const { make } = await create();

  expect((await make({ env: 'A=1', description: 'mine' })).description).toBe('mine');
});

test('a release starts from the latest one, promoted or not', async () => {
  const { bed, make } = await create();
  const first = await make({ env: 'A=1' });
  bed.records.setApp('shop', { active: first.id });
  await make({ env: 'A=2' });

  expect((await make({ description: 'copy' })).env).toBe('A=2');
});

test('a release starts from its parent when one is given', async () => {
  const { make } = await create();
  const first = await make({ env: 'A=1' });
  await make({ env: 'A=2' });

  expect((await make({ 'parent-release': first.id })).env).toBe('A=1');
});

test('an empty environment is one without variables, and none keeps what there is', async () => {
  const { make } = await create();
  await make({ env: 'A=1' });

  expect((await make({})).env).toBe('A=1');
  expect((await make({ env: '' })).env).toBe('');
});

test('a release that is made at the same moment is not lost', async () => {
  const { bed, make } = await create();
  const { latest } = bed.releases;
  let raced = false;
  bed.releases.latest = async (app) => {
    const found = await latest.call(bed.releases, app);
    if (!raced) {
      raced = true;
      await make({ env: 'OTHER=1' });
    }
    return found;
  };
  const build = await bed.builds.create(aBuild({ status: 'complete' }));

  expect(await make({ build: build.id })).toMatchObject({ build: build.id, env: 'OTHER=1' });
  expect(await bed.releases.list('shop', 10)).toHaveLength(2);
});

test('an import that has got its release at the same moment keeps that one, and makes another', async () => {
  const { bed, make } = await create();
  const { id } = await bed.builds.create(aBuild({ status: 'complete', imported: 'redis:7' }));
  const { nameRelease } = bed.builds;
  bed.builds.nameRelease = async (...given) => {
    await nameRelease.call(bed.builds, 'shop', id, 'RAAAAAAAAAA');
    return nameRelease.call(bed.builds, ...given);
  };

  const release = await make({ build: id });

  expect(await bed.releases.find('shop', release.id)).toMatchObject({ build: id });
  expect(await bed.builds.find('shop', id)).toMatchObject({ release: 'RAAAAAAAAAA' });
});

test.each([
  ['a mask', 'A=****', 'env: masked value for A'],
  ['a name that no process can have', 'A B=1', 'env: invalid variable name: A B'],
])('%s is refused, and no release is made', async (_, env, message) => {
  const { bed, make } = await create();

  await expect(make({ env })).rejects.toThrow(message);
  expect(await bed.releases.list('shop', 10)).toEqual([]);
});

test('an environment that is too large is refused with its size', async () => {
  const { make } = await create();

  await expect(make({ env: `A=${'x'.repeat(200_000)}` })).rejects.toThrow(
    'env: 200002 bytes, and a release takes 200000 at most'
  );
});

test.each([
  [{ status: 'created' }, /^build B[A-Z]{10} is not complete yet: it is created$/],
  [{ status: 'running' }, /is not complete yet: it is running$/],
  [{ status: 'failed', reason: 'no Dockerfile' }, /^build B[A-Z]{10} has failed: no Dockerfile$/],
] as const)('a build that is %j makes no release', async (given, message) => {
  const { bed, make } = await create();
  const build = await bed.builds.create(aBuild(given));

  await expect(make({ build: build.id })).rejects.toThrow(message);
  expect(await bed.releases.list('shop', 10)).toEqual([]);
  expect(await bed.builds.find('shop', build.id)).toEqual(build);
});

test('an external build gets its release before it says that it is complete', async () => {
  const { bed, make } = await create();
  const build = await bed.builds.create(aBuild({ status: 'running', external: true }));

  expect(await make({ build: build.id })).toMatchObject({ build: build.id });
  expect(await bed.builds.find('shop', build.id)).toMatchObject({ committed: true });
});

test.each([
  ['build', { build: 'BAAAAAAAAAA' }, 'build not found: BAAAAAAAAAA'],
  ['parent', { 'parent-release': 'RAAAAAAAAAA' }, 'release not found: RAAAAAAAAAA'],
  ['app', { app: 'nope' }, 'app not found: nope'],
])('an unknown %s is named', async (_, request, message) => {
  const { make } = await create();

  await expect(make(request)).rejects.toThrow(message);
});

test('a locked app takes no release', async () => {
  const { bed, make } = await create();
  await bed.apps.change('shop', { locked: true });

  await expect(make({ env: 'A=1' })).rejects.toThrow('app is locked: shop');
});
