import { expect, test } from '@jest/globals';
import { documentKeys } from '#core/documents/ports.ts';
import {
  getEvidence,
  getPromotion,
  listPromotionEvents,
  listPromotions,
} from '#core/promotions/read-promotions.ts';
import { createRelease } from '#core/releases/create-release.ts';
import { promoteRelease } from '#core/releases/promote-release.ts';
import { aBuild, aCaller, bedWithShop } from '../api-bed.ts';

const begin = async () => {
  const bed = await bedWithShop();
  const build = await bed.builds.create(aBuild({ status: 'complete' }));
  const release = await createRelease(bed)({ app: 'shop', build: build.id }, aCaller());
  const promotion = await promoteRelease(bed)({ app: 'shop', id: release.id }, aCaller());
  return { bed, release, promotion, one: { app: 'shop', id: promotion.id } };
};

test('promotions are listed, also those of one release', async () => {
  const { bed, release, promotion } = await begin();
  const list = listPromotions(bed);

  expect(await list({ app: 'shop', limit: 10 })).toEqual([promotion]);
  expect(await list({ app: 'shop', limit: 10, release: release.id })).toEqual([promotion]);
  expect(await list({ app: 'shop', limit: 10, release: 'RZZZZZZZZZZ' })).toEqual([]);
});

test('the count of executions is nothing for the wire', async () => {
  const { bed, one } = await begin();

  expect(await getPromotion(bed)(one)).not.toHaveProperty('attempt');
});

test('the story of a promotion ends with it', async () => {
  const { bed, one } = await begin();
  const event = {
    sequence: 1,
    at: '2026-03-18T14:30:00.000Z',
    text: 'system/k8s/atom/app Status: Running => Pending',
    kind: 'status' as const,
  };
  await bed.stories.append(one, [event]);
  const read = () => listPromotionEvents(bed)({ ...one, after: 0, wait: 0 });

  expect(await read()).toEqual({ events: [event], done: false });
  const { promotions } = bed.records.of('shop');
  const promotion = await bed.promotions.find('shop', one.id);
  if (promotion) promotions.set(one.id, { ...promotion, status: 'Refused' });
  const promotionAtEnd = expect.objectContaining({ id: one.id, status: 'Refused' });
  expect(await read()).toEqual({ events: [event], done: true, promotion: promotionAtEnd });
});

test('evidence is what was kept, and its absence is said', async () => {
  const { bed, one } = await begin();
  await expect(getEvidence(bed)(one)).rejects.toThrow(`no evidence of promotion: ${one.id}`);
  const evidence = {
    promotion: one.id,
    release: 'RAAAAAAAAAA',
    at: '2026-03-18T14:30:00.000Z',
    reason: 'CrashLoop',
    cause: 'web exits',
    processes: [],
    events: ['web-1 Back-off restarting'],
    nodes: [],
    pulls: [],
    changes: [],
    missing: [],
  };
  await bed.documents.write(documentKeys.evidence('shop', one.id), evidence);

  expect(await getEvidence(bed)(one)).toEqual(evidence);
});

test('an unknown promotion is named, and an unknown app first', async () => {
  const { bed } = await begin();
  const unknown = { app: 'shop', id: 'PZZZZZZZZZZ', after: 0, wait: 0 };

  for (const read of [getPromotion(bed), getEvidence(bed), listPromotionEvents(bed)]) {
    await expect(read(unknown)).rejects.toThrow('promotion not found: PZZZZZZZZZZ');
    await expect(read({ ...unknown, app: 'nope' })).rejects.toThrow('app not found: nope');
  }
});
