import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { PromotionBed } from './promotion-bed.ts';

let bed: PromotionBed;

beforeEach(() => {
  bed = new PromotionBed();
});

afterEach(() => bed.close());

const promoteWith = async (percents: { minimum?: number; maximum?: number }) => {
  const promotion = await bed.begin(await bed.release({ images: { web: 'good-1' } }));
  bed.records.of('shop').promotions.set(promotion.id, { ...promotion, ...percents });
  return { ...promotion, end: (await bed.execute(promotion)).end };
};

test('percents asked for with a promotion stand in place of the manifest of each service', async () => {
  const { end } = await promoteWith({ minimum: 40, maximum: 150 });

  expect(end).toBe('Promoted');
  expect(await bed.live('Deployment', 'web')).toMatchObject({
    spec: { strategy: { rollingUpdate: { maxUnavailable: '60%', maxSurge: '50%' } } },
  });
});

test('one alone leaves the other as the manifest says', async () => {
  await promoteWith({ minimum: 0 });

  expect(await bed.live('Deployment', 'web')).toMatchObject({
    spec: { strategy: { rollingUpdate: { maxUnavailable: '100%', maxSurge: '100%' } } },
  });
});

test('percents that would let no process start or stop are refused before anything is written', async () => {
  const { id, end } = await promoteWith({ maximum: 100 });

  expect(end).toBe('Refused');
  expect(bed.promotion(id).cause).toBe(
    'service web deployment minimum and maximum can not both be 100'
  );
  expect(await bed.objects()).toEqual({});
});
