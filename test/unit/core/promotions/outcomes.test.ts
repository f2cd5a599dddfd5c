import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { manifestOf, PromotionBed } from './promotion-bed.ts';

let bed: PromotionBed;

beforeEach(() => {
  bed = new PromotionBed();
});

afterEach(() => bed.close());

test('a healthy first release is Promoted', async () => {
  const { end, id, release } = await bed.promote({ images: { web: 'good', api: 'good' } });

  expect(end).toBe('Promoted');
  expect(bed.promotion(id)).toMatchObject({ status: 'Promoted', reason: '', cause: '' });
  expect(bed.records.of('shop').app).toMatchObject({ active: release });
  expect(Object.keys(await bed.objects()).toSorted()).toEqual([
    'Deployment/api',
    'Deployment/web',
    expect.stringMatching(/^Secret\/env-api-/),
    expect.stringMatching(/^Secret\/env-web-/),
    'Service/api',
    'Service/web',
  ]);
});

test('a second release that crashes is RolledBack to the very objects of the first', async () => {
  await bed.promote({ images: { web: 'good' }, env: 'A=1' });
  const before = await bed.objects();

  const { end, id } = await bed.promote({ images: { web: 'crash', extra: 'good' }, env: 'A=2' });

  expect(end).toBe('RolledBack');
  expect(await bed.objects()).toEqual(before);
  expect(bed.promotion(id)).toMatchObject({
    status: 'RolledBack',
    reason: 'CrashLoop',
    cause: expect.stringContaining('service web: process web-'),
  });
});

test('a first release that fails is Reverted', async () => {
  const { end, id } = await bed.promote({ images: { web: 'missing' } });

  expect(end).toBe('Reverted');
  expect(await bed.objects()).toEqual({});
  expect(bed.promotion(id)).toMatchObject({ reason: 'ImageNotFound' });
});

test('a release that cannot become objects is Refused and nothing is written', async () => {
  const manifest = manifestOf(['web'], 'environment:', '  - NEEDED');

  const { end, id } = await bed.promote({ images: { web: 'good' }, manifest });

  expect(end).toBe('Refused');
  expect(bed.promotion(id).cause).toContain('NEEDED');
  expect(bed.cluster.calls).toEqual([]);
});
