import { expect, test } from '@jest/globals';
import { changeEnvironment } from '#core/releases/change-environment.ts';
import { createRelease } from '#core/releases/create-release.ts';
import { promoteRelease } from '#core/releases/promote-release.ts';
import { getRelease, listReleases } from '#core/releases/read-releases.ts';
import { rollbackRelease } from '#core/releases/rollback-release.ts';
import { aRelease } from '#test/samples.ts';
import { aBuild, aCaller, bedWithShop } from '../api-bed.ts';

const at = '2026-03-18T14:00:00.000Z';

/** An old release with its build, both expired, and one that is kept. */
const bedWithExpired = async () => {
  const bed = await bedWithShop();
  const build = await bed.builds.create(aBuild({ status: 'complete' }));
  const old = await bed.releases.create(aRelease({ build: build.id }), undefined);
  const kept = await bed.releases.create(aRelease({ build: '' }), old.id);
  const history = await bed.retention.read('shop');
  const plan = { releases: [old.id], builds: [build.id] };
  if (history) await bed.retention.expire(history.app, plan, at);
  return { ...bed, old: old.id, build: build.id, kept };
};

test('nothing is made of an expired release, and nothing is written', async () => {
  const bed = await bedWithExpired();
  const { old, build } = bed;
  const app = 'shop';
  const ada = aCaller();
  const change = { app, set: { A: '2' }, unset: [], replace: false };

  const attempts = {
    promote: () => promoteRelease(bed)({ app, id: old }, ada),
    queue: () => promoteRelease(bed)({ app, id: old, queue: true }, ada),
    force: () => promoteRelease(bed)({ app, id: old, force: true }, ada),
    rollback: () => rollbackRelease(bed)({ app, id: old }, ada),
    create: () => createRelease(bed)({ app, 'parent-release': old, env: 'A=2' }, ada),
    env: () => changeEnvironment(bed)({ ...change, release: old }, ada),
  };

  for (const attempt of Object.values(attempts)) {
    await expect(attempt()).rejects.toMatchObject({
      message: `release has expired: ${old}`,
      code: 'Expired',
      kind: 'conflict',
      hint: 'its images are gone: deploy again, or take a release that is kept',
    });
  }
  await expect(createRelease(bed)({ app, build }, ada)).rejects.toMatchObject({
    message: `build has expired: ${build}`,
    hint: 'its images are gone: build again',
  });
  expect(await bed.releases.list(app, 10)).toHaveLength(2);
  expect(await bed.promotions.list(app, { limit: 10 })).toEqual([]);
});

test('a change that is based on an expired release can not say what has changed since', async () => {
  const bed = await bedWithExpired();
  const change = { app: 'shop', set: { A: '2' }, unset: [], replace: false };

  await expect(
    changeEnvironment(bed)({ ...change, 'based-on': bed.old }, aCaller())
  ).rejects.toThrow(`release ${bed.kept.id} is newer than ${bed.old}, which has expired`);
});

test('it is still shown and listed, with the time', async () => {
  const bed = await bedWithExpired();

  const shown = await getRelease(bed)({ app: 'shop', id: bed.old });
  const listed = await listReleases(bed)({ app: 'shop', limit: 10 });

  expect(shown).toMatchObject({ id: bed.old, expired: at, env: '', manifest: '' });
  expect(listed.map((it) => it.expired)).toEqual([undefined, at]);
});
