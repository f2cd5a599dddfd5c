import { expect, test } from '@jest/globals';
import { createRelease } from '#core/releases/create-release.ts';
import { promoteRelease } from '#core/releases/promote-release.ts';
import { aBuild, aCaller, bedWithShop } from '../api-bed.ts';

const begin = async () => {
  const bed = await bedWithShop();
  const promote = promoteRelease(bed);
  const build = await bed.builds.create(aBuild({ status: 'complete' }));
  return {
    bed,
    release: () => createRelease(bed)({ app: 'shop', build: build.id }, aCaller()),
    withoutBuild: () => createRelease(bed)({ app: 'shop', env: 'A=1' }, aCaller()),
    promote: (id: string) => promote({ app: 'shop', id }, aCaller()),
  };
};

test('a promotion is recorded, holds the app and starts', async () => {
  const { bed, release, promote } = await begin();
  const { id } = await release();

  const promotion = await promote(id);

  expect(promotion).toMatchObject({ release: id, previous: '', status: 'running', actor: 'ada' });
  expect((await bed.apps.find('shop'))?.promotion).toBe(promotion.id);
  expect(bed.promotionRuns.started).toEqual([{ app: 'shop', id: promotion.id, attempt: 1 }]);
});

test('a promotion records whether it may take over what somebody else has changed', async () => {
  const { bed, release } = await begin();
  const { id } = await release();

  const promotion = await promoteRelease(bed)(
    { app: 'shop', id, 'force-conflicts': true },
    aCaller()
  );

  expect(promotion.forceConflicts).toBe(true);
  expect(await bed.promotions.find('shop', promotion.id)).toMatchObject({ forceConflicts: true });
});

test('a rollback of the promotion leads to the release that was active when it began', async () => {
  const { bed, release, promote } = await begin();
  const first = await release();
  bed.records.setApp('shop', { active: first.id });
  await release();
  const third = await release();

  expect((await promote(third.id)).previous).toBe(first.id);
});

test('an app takes one promotion at a time', async () => {
  const { bed, release, promote } = await begin();
  const { id } = await release();
  const running = await promote(id);

  await expect(promote(id)).rejects.toMatchObject({
    kind: 'forbidden',
    message: 'app is currently updating',
    hint: expect.stringContaining(running.id),
  });
  expect(bed.promotionRuns.started).toHaveLength(1);
});

test('of two promotes at the same moment one is refused', async () => {
  const { release, promote } = await begin();
  const { id } = await release();

  const results = await Promise.allSettled([promote(id), promote(id)]);

  expect(results.map((it) => it.status).toSorted()).toEqual(['fulfilled', 'rejected']);
});

test('a release without a build is refused', async () => {
  const { bed, withoutBuild, promote } = await begin();
  const { id } = await withoutBuild();

  await expect(promote(id)).rejects.toMatchObject({
    kind: 'invalid',
    message: 'can not promote a release with an empty manifest',
  });
  expect((await bed.apps.find('shop'))?.promotion).toBeUndefined();
});

test('a release older than the active one is refused, the active one is not', async () => {
  const { bed, release, promote } = await begin();
  const [older, active] = [await release(), await release()];
  bed.records.setApp('shop', { active: active.id });

  await expect(promote(older.id)).rejects.toMatchObject({
    kind: 'invalid',
    message: 'can not promote an older release, try rollback',
  });
  expect(await promote(active.id)).toMatchObject({ release: active.id, previous: active.id });
});

test('a locked app is refused after what Convox refuses', async () => {
  const { bed, release, withoutBuild, promote } = await begin();
  const empty = await withoutBuild();
  const { id } = await release();
  await bed.apps.change('shop', { locked: true });

  await expect(promote(empty.id)).rejects.toThrow('empty manifest');
  await expect(promote(id)).rejects.toThrow('app is locked: shop');
});

test('a promotion that could not be started is under way, and says so', async () => {
  const { bed, release, promote } = await begin();
  const { id } = await release();
  bed.promotionRuns.isBroken = true;

  await expect(promote(id)).rejects.toMatchObject({
    kind: 'unavailable',
    message: expect.stringMatching(/^promotion P[A-Z]{10} is recorded/),
  });
  expect((await bed.apps.find('shop'))?.promotion).toMatch(/^P/);
});

test('an unknown release is named', async () => {
  const { promote } = await begin();

  await expect(promote('RAAAAAAAAAA')).rejects.toThrow('release not found: RAAAAAAAAAA');
});

const withRunning = async () => {
  const bed = await begin();
  const first = await bed.release();
  const running = await bed.promote(first.id);
  const how = (id: string, given: object) =>
    promoteRelease(bed.bed)({ app: 'shop', id, ...given }, aCaller());
  return { ...bed, running, first, how };
};

test('a promotion that is to wait is queued behind the one that runs, and starts nothing', async () => {
  const { bed, release, running, first, how } = await withRunning();
  const next = await release();

  const queued = await how(next.id, { queue: true, timeout: 60, min: 0, max: 150 });

  expect(queued).toMatchObject({
    status: 'queued',
    timeout: 60,
    behind: { promotion: running.id, release: first.id },
  });
  expect(await bed.promotions.find('shop', queued.id)).toMatchObject({ minimum: 0, maximum: 150 });
  expect(await bed.apps.find('shop')).toMatchObject({ promotion: running.id, queued: queued.id });
  expect(bed.promotionRuns.started).toHaveLength(1);
});

test('by force, the running promotion is asked to stop, and the new one runs after it', async () => {
  const { bed, release, running, how } = await withRunning();
  const next = await release();

  const forced = await how(next.id, { force: true });

  expect(bed.records.of('shop').lock).toMatchObject({
    promotion: running.id,
    cancel: 'cancel',
    queued: forced.id,
  });
  expect(forced.status).toBe('queued');
});

test.each([{ queue: true }, { force: true }])(
  'where nothing runs, %j begins at once',
  async (given) => {
    const { bed, release } = await begin();
    const { id } = await release();

    const promotion = await promoteRelease(bed)({ app: 'shop', id, ...given }, aCaller());

    expect(promotion).toMatchObject({ status: 'running' });
    expect(promotion.behind).toBeUndefined();
    expect(bed.promotionRuns.started).toEqual([{ app: 'shop', id: promotion.id, attempt: 1 }]);
  }
);

test('an older release does not take the place of a newer one that waits', async () => {
  const { release, how } = await withRunning();
  const [older, newer] = [await release(), await release()];
  await how(newer.id, { queue: true });

  await expect(how(older.id, { queue: true })).rejects.toMatchObject({
    kind: 'forbidden',
    message: 'app is currently updating',
  });
  expect((await how(older.id, { force: true })).status).toBe('queued');
});
