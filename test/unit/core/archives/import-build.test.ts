import { createHash } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { isFromArchive } from '#core/archives/archive-key.ts';
import { importBuild } from '#core/archives/import-build.ts';
import type { Build } from '#core/builds/build.ts';
import { aCaller, bedWithShop } from '../api-bed.ts';

const content = Buffer.from('an archive');
const body = content.toString('base64');
const sha256 = createHash('sha256').update(content).digest('hex');
const url = `object://shop/imports/${sha256}.tgz`;

const bedWithArchive = async () => {
  const bed = await bedWithShop();
  await bed.transfers.write('shop', `imports/${sha256}.tgz`, content);
  return bed;
};

test('makes a build of an archive that was uploaded, and starts it', async () => {
  const bed = await bedWithArchive();

  const build = await importBuild(bed)({ app: 'shop', url, body: '' }, aCaller());

  expect(build).toMatchObject({ app: 'shop', status: 'created', release: '' });
  expect(await bed.builds.find('shop', build.id)).toMatchObject({ source: url, actor: 'ada' });
  expect(bed.buildRuns.started).toEqual([`shop/${build.id}`]);
});

test('makes a build of an archive that came in pieces', async () => {
  const bed = await bedWithShop();
  await bed.transfers.write('shop', `imports/${sha256}`, Buffer.from('{"v":1,"chunks":[]}'));
  const source = `object://shop/imports/${sha256}`;

  const { id } = await importBuild(bed)({ app: 'shop', url: source, body: '' }, aCaller());

  expect(isFromArchive({ app: 'shop', source })).toBe(true);
  expect(bed.buildRuns.started).toEqual([`shop/${id}`]);
});

test('keeps an archive that comes as the body, and waits for its release', async () => {
  const bed = await bedWithShop();
  const end: Partial<Build> = { status: 'complete', release: 'RAAAAAAAAAA', ended: 'now' };
  const sleep = async () => {
    const [build] = await bed.builds.list('shop', 1);
    await bed.builds.change('shop', build?.id ?? '', end);
  };

  const build = await importBuild({ ...bed, sleep })({ app: 'shop', url: '', body }, aCaller());

  expect(build).toMatchObject({ status: 'complete', release: 'RAAAAAAAAAA' });
  expect(await bed.transfers.readText('shop', `imports/${sha256}.tgz`)).toBe('an archive');
});

test('answers in time although the import goes on', async () => {
  const bed = await bedWithShop();
  const before = bed.clock();

  const build = await importBuild(bed)({ app: 'shop', url: '', body }, aCaller());

  expect(build).toMatchObject({ status: 'created', release: '' });
  expect(bed.clock() - before).toBeLessThan(29_000);
});

test('tells who waits why it failed', async () => {
  const bed = await bedWithShop();
  const reason = 'the archive is cut off';
  const sleep = async () => {
    const [build] = await bed.builds.list('shop', 1);
    await bed.builds.change('shop', build?.id ?? '', { status: 'failed', reason });
  };

  await expect(
    importBuild({ ...bed, sleep })({ app: 'shop', url: '', body }, aCaller())
  ).rejects.toThrow(/^build B\w+ failed: the archive is cut off$/);
});

test.each([
  ['', 'no archive to import'],
  [`object://blog/imports/${sha256}.tgz`, 'url: not an archive of app shop'],
  [`object://shop/sources/${sha256}.tgz`, 'url: not an archive of app shop'],
  [`object://shop/sources/${sha256}`, 'url: not an archive of app shop'],
  [`object://shop/imports/chunks/${sha256}`, 'url: not an archive of app shop'],
  ['object://shop/imports/../x.tgz', 'url: not an archive of app shop'],
  [`object://shop/imports/${'0'.repeat(64)}.tgz`, 'object not found'],
])('the address %j is refused', async (given, message) => {
  const bed = await bedWithArchive();

  await expect(importBuild(bed)({ app: 'shop', url: given, body: '' }, aCaller())).rejects.toThrow(
    message
  );
  expect(await bed.builds.list('shop', 10)).toEqual([]);
});

test('an app that is locked takes no import', async () => {
  const bed = await bedWithArchive();
  const app = await bed.apps.find('shop');
  const apps = { find: async () => ({ ...app, locked: true }) } as unknown as typeof bed.apps;

  await expect(
    importBuild({ ...bed, apps })({ app: 'shop', url, body: '' }, aCaller())
  ).rejects.toThrow('app is locked: shop');
});

test('an import that can not be started has failed', async () => {
  const bed = await bedWithArchive();
  bed.buildRuns.isBroken = true;

  await expect(importBuild(bed)({ app: 'shop', url, body: '' }, aCaller())).rejects.toThrow();
  expect(await bed.builds.list('shop', 1)).toMatchObject([{ status: 'failed' }]);
});
