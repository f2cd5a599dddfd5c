import { expect, test } from '@jest/globals';
import { createRelease } from '#core/releases/create-release.ts';
import { rollbackRelease } from '#core/releases/rollback-release.ts';
import { aBuild, aCaller, bedWithShop } from '../api-bed.ts';

test('a rollback is a new release with the build and environment of the old one', async () => {
  const bed = await bedWithShop();
  const create = createRelease(bed);
  const [one, two] = [
    await bed.builds.create(aBuild({ status: 'complete' })),
    await bed.builds.create(aBuild({ status: 'complete' })),
  ];
  const old = await create({ app: 'shop', build: one.id, env: 'A=1' }, aCaller());
  const bad = await create({ app: 'shop', build: two.id, env: 'A=2' }, aCaller());

  const release = await rollbackRelease(bed)({ app: 'shop', id: old.id }, aCaller());

  expect(release).toMatchObject({ build: one.id, env: '', description: `rollback to ${old.id}` });
  expect(release.id > bad.id).toBe(true);
  expect((await bed.releases.latest('shop'))?.env).toBe('A=1');
});

test('there is no way back to a release that is not there', async () => {
  const bed = await bedWithShop();

  await expect(rollbackRelease(bed)({ app: 'shop', id: 'RAAAAAAAAAA' }, aCaller())).rejects.toThrow(
    'release not found: RAAAAAAAAAA'
  );
  expect(await bed.releases.list('shop', 10)).toEqual([]);
});
