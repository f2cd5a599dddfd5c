import { expect, test } from '@jest/globals';
import { createUpload } from '#core/objects/create-upload.ts';
import { keyOf } from '#core/objects/object-key.ts';
import { storeObject } from '#core/objects/store-object.ts';
import { bedWithShop } from '../api-bed.ts';

const sha256 = 'a'.repeat(64);
const body = Buffer.from('content').toString('base64');

test('an object is stored under the app, and its name leads back to it', async () => {
  const bed = await bedWithShop();

  const { Url } = await storeObject(bed)({ app: 'shop', key: 'tmp/a.tgz', body });

  expect(Url).toBe('object://shop/tmp/a.tgz');
  expect(await bed.objects.readText('shop', keyOf('shop', Url) ?? '')).toBe('content');
});

test.each([
  '../blog/a',
  'a/../../b',
  'a//b',
  '/a',
  'a/',
  'a b',
  '.',
  '..',
  'a/..',
  `sources/${sha256}.tgz`,
])('the key %j is refused', async (key) => {
  const bed = await bedWithShop();

  await expect(storeObject(bed)({ app: 'shop', key, body })).rejects.toThrow(
    `object key is not allowed: ${key}`
  );
});

test('a client cannot replace what the rack keeps under the app', async () => {
  const bed = await bedWithShop();
  const key = 'promotions/PAAAAAAAAAA/evidence.json';

  await storeObject(bed)({ app: 'shop', key, body });

  expect(await bed.objects.size('shop', key)).toBeUndefined();
});

test('an upload has an address for exactly this content', async () => {
  const bed = await bedWithShop();

  expect(await createUpload(bed)({ app: 'shop', sha256, size: 7 })).toMatchObject({
    object: `object://shop/sources/${sha256}.tgz`,
    exists: false,
    url: expect.any(String),
    headers: { 'content-length': '7' },
  });
});

test('a source that is there is not sent again, unless its size is another', async () => {
  const bed = await bedWithShop();
  await bed.objects.write('shop', `sources/${sha256}.tgz`, Buffer.from('content'));
  const upload = createUpload(bed);

  expect(await upload({ app: 'shop', sha256, size: 7 })).toEqual({
    object: `object://shop/sources/${sha256}.tgz`,
    exists: true,
  });
  expect((await upload({ app: 'shop', sha256, size: 8 })).exists).toBe(false);
});

test('an unknown app is named', async () => {
  const bed = await bedWithShop();

  await expect(createUpload(bed)({ app: 'nope', sha256, size: 1 })).rejects.toThrow(
    'app not found: nope'
  );
  await expect(storeObject(bed)({ app: 'nope', key: 'a', body })).rejects.toThrow(
    'app not found: nope'
  );
});

test.each([
  'object://shop/',
  'object://shop',
  'object://blog/a',
  'https://shop/a',
  'object://shop/sources/a',
])('%s names no object of shop', (url) => {
  expect(keyOf('shop', url)).toBeUndefined();
});
