import { expect, test } from '@jest/globals';
import type { Build } from '#core/builds/build.ts';
import { cancelBuild } from '#core/builds/cancel-build.ts';
import { createGrant } from '#core/grants/create-grant.ts';
import { listGrants } from '#core/grants/read-grants.ts';
import { createRelease } from '#core/releases/create-release.ts';
import { aBuild, aCaller, bedWithShop } from '../api-bed.ts';

const begin = async (given: Partial<Build> = {}) => {
  const bed = await bedWithShop();
  const { id } = await bed.builds.create(aBuild(given));
  const one = { app: 'shop', id };
  return { bed, id, one, cancel: () => cancelBuild(bed)(one, aCaller('deploy')) };
};

test.each(['created', 'running'] as const)(
  'ends a build that is %s, and says who has',
  async (status) => {
    const { bed, one, cancel } = await begin({ status });

    expect(await cancel()).toMatchObject({
      status: 'failed',
      reason: 'cancelled by ada',
      release: '',
      ended: '2026-03-18T14:30:00.000Z',
    });
    expect(await bed.builds.find('shop', one.id)).toMatchObject({ cancelledBy: 'ada' });
  }
);

test('cancelling it again changes nothing', async () => {
  const { cancel } = await begin();

  expect(await cancel()).toEqual(await cancel());
});

test('takes the grants of an external build back, and nothing is released of it', async () => {
  const { bed, id, one, cancel } = await begin({ external: true });
  await createGrant(bed)(one, aCaller('deploy'));

  await cancel();

  expect(await listGrants(bed)({ app: 'shop', limit: 10 })).toMatchObject([{ status: 'revoked' }]);
  await expect(createGrant(bed)(one, aCaller('deploy'))).rejects.toThrow('has ended already');
  await expect(createRelease(bed)({ app: 'shop', build: id }, aCaller())).rejects.toThrow(
    `build ${id} has failed: cancelled by ada`
  );
  expect(await bed.releases.list('shop', 10)).toEqual([]);
});

test('a build whose release is made is not cancelled any more', async () => {
  const { bed, id, cancel } = await begin({ external: true, manifest: 'services: {}' });
  await createRelease(bed)({ app: 'shop', build: id }, aCaller());

  await expect(cancel()).rejects.toThrow(
    `build ${id} is making its release: it is too late to cancel it`
  );
});

test.each([
  [{ status: 'complete', release: 'RABCDEFGHIJ' }, 'is complete already: it made release RABC'],
  [{ status: 'failed', reason: 'no Dockerfile' }, 'has failed already: no Dockerfile'],
] as const)('refuses to cancel %j', async (given, message) => {
  const { cancel } = await begin(given);

  await expect(cancel()).rejects.toMatchObject({
    kind: 'conflict',
    message: expect.stringContaining(message),
  });
});

test('two who cancel at once both find it cancelled', async () => {
  const { bed, cancel } = await begin();
  const { find } = bed.builds;
  // Both have read the build before either of them has written.
  const before = await find.call(
    bed.builds,
    'shop',
    (await bed.builds.list('shop', 1))[0]?.id ?? ''
  );
  await cancel();
  let reads = 0;
  bed.builds.find = async (app, id) => {
    reads += 1;
    return reads === 1 ? before : find.call(bed.builds, app, id);
  };

  expect(await cancel()).toMatchObject({ status: 'failed', reason: 'cancelled by ada' });
});

test('names a build that is not there', async () => {
  const { bed } = await begin();

  await expect(cancelBuild(bed)({ app: 'shop', id: 'BZZZZZZZZZZ' }, aCaller())).rejects.toThrow(
    'build not found: BZZZZZZZZZZ'
  );
});
