import { expect, test } from '@jest/globals';
import { grantPush } from '#core/grants/grant-push.ts';
import { apiBed } from '#test/fakes/api-bed.ts';
import { apiClient } from '#test/fakes/api-client.ts';

const wish = { app: 'shop', build: 'BABCDEFGHIJ', actor: 'ada', seconds: 900, withCache: false };

const shown = async (isStatic: boolean) => {
  const bed = await apiBed().hasApp({ name: 'shop' });
  const registry = Object.assign(bed.registry, isStatic && { isStatic });
  await grantPush({ ...bed, registry }, wish);
  const { json } = await apiClient(bed)({ path: '/apps/shop/grants' });
  return json;
};

test("says of a grant whether it is the registry's one login", async () => {
  expect(await shown(true)).toMatchObject([{ static: true, status: 'active' }]);
  expect(await shown(false)).toMatchObject([{ static: false, status: 'active' }]);
});
