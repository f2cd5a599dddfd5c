import { expect, test } from '@jest/globals';
import { unpinRelease } from '#core/releases/unpin-release.ts';
import { aRelease } from '#test/samples.ts';
import { bedWithShop } from '../api-bed.ts';

test('a release without a pin is as one that never had one', async () => {
  const bed = await bedWithShop();
  const made = await bed.releases.create(aRelease({ build: '' }), undefined);
  await bed.releases.pin('shop', made.id, true);

  const unpinned = await unpinRelease(bed)({ app: 'shop', id: made.id });

  expect(unpinned).not.toHaveProperty('pinned');
  expect(await bed.releases.find('shop', made.id)).toEqual(made);
  expect(await unpinRelease(bed)({ app: 'shop', id: made.id })).toEqual(unpinned);
});
