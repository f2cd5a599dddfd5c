import { expect, test } from '@jest/globals';
import { cancelApp } from '#core/apps/cancel-app.ts';
import { createApp } from '#core/apps/create-app.ts';
import { getApp } from '#core/apps/get-app.ts';
import { listApps } from '#core/apps/list-apps.ts';
import { updateApp } from '#core/apps/update-app.ts';
import { aCaller, apiBed, bedWithShop } from '../api-bed.ts';

const aPromotion = {
  app: 'shop',
  release: 'RAAAAABAAAA',
  previous: '',
  status: 'running' as const,
  reason: '',
  cause: '',
  services: [],
  started: '2026-03-18T14:30:00.000Z',
  ended: '',
  actor: 'ada',
  attempt: 1,
};

test('a new app runs nothing, is open and restricted', async () => {
  const bed = apiBed();

  expect(await createApp(bed)({ name: 'shop' })).toEqual({
    generation: '3',
    locked: false,
    name: 'shop',
    release: '',
    router: '',
    status: 'running',
    parameters: {},
    policy: 'restricted',
  });
});

test('each app gets a data key of its own', async () => {
  const bed = apiBed();

  await createApp(bed)({ name: 'shop' });

  expect((await bed.apps.find('shop'))?.dataKey).toBe('key of shop');
});

test('a taken name is refused, and the app stays as it is', async () => {
  const bed = await bedWithShop();
  await bed.apps.change('shop', { locked: true });

  await expect(createApp(bed)({ name: 'shop' })).rejects.toMatchObject({
    kind: 'conflict',
    message: 'app already exists: shop',
  });
  expect((await bed.apps.find('shop'))?.locked).toBe(true);
});

test('a name that the rack uses itself is refused', async () => {
  const bed = apiBed();

  await expect(createApp(bed)({ name: 'system' })).rejects.toMatchObject({
    kind: 'invalid',
    message: 'app name is reserved',
  });
  expect(await bed.apps.list()).toEqual([]);
});

test('a token for one app sees that app alone', async () => {
  const bed = await bedWithShop();
  await createApp(bed)({ name: 'blog' });
  const list = listApps(bed);

  expect((await list({}, aCaller('admin'))).map((it) => it.name)).toEqual(['blog', 'shop']);
  expect((await list({}, aCaller('read', 'shop'))).map((it) => it.name)).toEqual(['shop']);
});

test('an app that rolls back for another promotion to follow is updating, with both named', async () => {
  const bed = await bedWithShop();
  const { id } = await bed.promotions.begin(aPromotion);
  const waiting = { ...aPromotion, status: 'queued', attempt: 0 } as const;
  const queued = await bed.promotions.queue(waiting, { force: true });

  bed.records.setApp('shop', { promotionStatus: 'rolling-back' });

  expect(await getApp(bed)({ name: 'shop' })).toMatchObject({
    status: 'updating',
    promotion: id,
    queued: queued?.id,
  });
});

test('an app is updating while a promotion holds it, and rolls back when that does', async () => {
  const bed = await bedWithShop();
  const { id } = await bed.promotions.begin(aPromotion);

  expect(await getApp(bed)({ name: 'shop' })).toMatchObject({ status: 'updating', promotion: id });
  bed.records.setApp('shop', { promotionStatus: 'rolling-back' });
  expect((await getApp(bed)({ name: 'shop' })).status).toBe('rollback');
  bed.records.setApp('shop', { promotionStatus: 'waiting' });
  expect((await getApp(bed)({ name: 'shop' })).status).toBe('waiting');
});

test('an update changes what it names', async () => {
  const bed = await bedWithShop();
  const update = (request: Parameters<ReturnType<typeof updateApp>>[0]) =>
    updateApp(bed)(request, aCaller());

  await update({ name: 'shop', lock: 'true' });
  await update({ name: 'shop', policy: 'baseline' });
  await update({ name: 'shop' });

  expect(await bed.apps.find('shop')).toMatchObject({ locked: true, policy: 'baseline' });
  await update({ name: 'shop', lock: false });
  expect((await bed.apps.find('shop'))?.locked).toBe(false);
});

test('a cancel reaches the promotion, and abandoning outdoes it', async () => {
  const bed = await bedWithShop();
  await bed.promotions.begin(aPromotion);
  const cancel = cancelApp(bed);

  await cancel({ name: 'shop', abandon: false });
  expect(bed.records.of('shop').lock.cancel).toBe('cancel');
  await cancel({ name: 'shop', abandon: true });
  expect(bed.records.of('shop').lock.cancel).toBe('abandon');
});

test('there is nothing to cancel in an app that does not update', async () => {
  const bed = await bedWithShop();

  await expect(cancelApp(bed)({ name: 'shop', abandon: false })).rejects.toMatchObject({
    kind: 'forbidden',
    message: 'app is not updating',
  });
});

test('an unknown app is named', async () => {
  const bed = apiBed();
  const unknown = 'app not found: nope';

  await expect(getApp(bed)({ name: 'nope' })).rejects.toThrow(unknown);
  await expect(updateApp(bed)({ name: 'nope', lock: true }, aCaller())).rejects.toThrow(unknown);
  await expect(cancelApp(bed)({ name: 'nope', abandon: false })).rejects.toThrow(unknown);
});

test('only an admin sets what manifests may ask for', async () => {
  const bed = await bedWithShop();

  await expect(
    updateApp(bed)({ name: 'shop', policy: 'privileged' }, aCaller('deploy'))
  ).rejects.toMatchObject({ kind: 'forbidden' });
  expect((await bed.apps.find('shop'))?.policy).toBe('restricted');
});
