import { expect, test } from '@jest/globals';
import { pinRelease } from '#core/releases/pin-release.ts';
import { aRelease } from '#test/samples.ts';
import { bedWithShop } from '../api-bed.ts';

test('a pin shows in the list, and the environment in none of the answers', async () => {
  const bed = await bedWithShop();
  const { id } = await bed.releases.create(aRelease({ build: '', env: 'A=1' }), undefined);

  const pinned = await pinRelease(bed)({ app: 'shop', id });

  expect(pinned).toMatchObject({ id, pinned: true, env: '' });
  expect(await bed.releases.list('shop', 1)).toMatchObject([{ id, pinned: true }]);
});

test('what is not there or takes no changes is not pinned', async () => {
  const bed = await bedWithShop();
  const pin = pinRelease(bed);
  const { id } = await bed.releases.create(aRelease({ build: '' }), undefined);

  await expect(pin({ app: 'nobody', id })).rejects.toThrow('app not found: nobody');
  await expect(pin({ app: 'shop', id: 'RAAAAAAAAAA' })).rejects.toThrow(
    'release not found: RAAAAAAAAAA'
  );
  await bed.apps.change('shop', { locked: true });
  await expect(pin({ app: 'shop', id })).rejects.toThrow('app is locked: shop');
});
