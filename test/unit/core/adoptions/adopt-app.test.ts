import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { adoptApp } from '#core/adoptions/adopt-app.ts';
import { listAdoptableApps } from '#core/adoptions/list-adoptable-apps.ts';
import { ConflictError, NotFoundError } from '#core/errors.ts';
import { sequenceOf } from '#core/identifiers.ts';
import { readActiveCopy } from '#core/promotions/engine/active-copy.ts';
import { InMemoryAdoptions } from '#test/fakes/in-memory-adoptions.ts';
import { namespace, PromotionBed } from '../promotions/promotion-bed.ts';

let bed: PromotionBed;

beforeEach(() => {
  bed = new PromotionBed();
});

afterEach(() => bed.close());

const deps = (canOpen = true) => ({
  ...bed.deps,
  adoptions: new InMemoryAdoptions(bed.records),
  dataKeys: { make: async () => 'new-key', opens: async () => canOpen },
});

const adopt = (canOpen = true) => adoptApp(deps(canOpen))({ name: 'shop' });

/** The table is gone, with everything that was in it; the bucket as well. */
const loseTable = (): void => {
  const records = bed.records.of('shop');
  records.app = undefined;
  records.lock = { attempt: 0, fence: 0, lease: 0 };
  for (const each of [records.builds, records.releases, records.promotions]) each.clear();
  for (const each of [records.stories, records.checkpoints]) each.clear();
  bed.documents.clear();
};

test('an app that the table has lost is back: same ids, same environment, and promotions go on', async () => {
  const { release } = await bed.promote({ images: { web: 'good-1' }, env: 'A=1' });
  const before = await bed.objects();
  loseTable();

  const adopted = await adopt();

  expect(adopted).toMatchObject({ app: 'shop', release, adopted: true, differing: [] });
  expect(bed.records.of('shop').app).toMatchObject({ name: 'shop', active: release });
  expect(await bed.releases.latest('shop')).toMatchObject({ id: release, env: 'A=1' });
  const bad = await bed.promote({ images: { web: 'crash' }, env: 'A=1' });
  expect(bad.end).toBe('RolledBack');
  expect(sequenceOf(bad.release)).toBeGreaterThan(sequenceOf(release));
  expect(await bed.objects()).toEqual(before);
  const good = await bed.promote({ images: { web: 'good-2' }, env: 'A=1' });
  expect(good.end).toBe('Promoted');
});

test('a service that has not changed keeps its processes in the first promotion after', async () => {
  await bed.promote({ images: { web: 'good-1', api: 'good-1' } });
  const uids = async () =>
    (await bed.cluster.list('Pod', namespace, 'service=api')).items.map((it) => it.metadata.uid);
  const before = await uids();
  loseTable();
  await adopt();

  await bed.promote({ images: { web: 'good-2', api: 'good-1' } });

  expect(await uids()).toEqual(before);
});

test('adopting again changes nothing and is no error', async () => {
  await bed.promote({ images: { web: 'good' } });
  loseTable();
  const first = await adopt();

  const again = await adopt();

  expect(again).toEqual({ ...first, adopted: false });
});

test('an app that the rack has with another active release is refused', async () => {
  const { release } = await bed.promote({ images: { web: 'good' } });
  bed.records.setApp('shop', { active: 'RAAAAAZAAAA' });

  await expect(adopt()).rejects.toThrow(ConflictError);
  await expect(adopt()).rejects.toMatchObject({ hint: expect.stringContaining(release) });
});

test('an app without a copy is not found', async () => {
  loseTable();

  await expect(adopt()).rejects.toThrow(NotFoundError);
});

test('the fence is above every object, also those of a promotion that was cut off', async () => {
  await bed.promote({ images: { web: 'good-1' } });
  const promotion = await bed.begin(await bed.release({ images: { web: 'good-2' } }));
  await expect(
    bed.execute(promotion, {
      visit: (state) => (state === 'Watch' ? Promise.reject(new Error('gone')) : undefined),
    })
  ).rejects.toThrow('gone');
  const web = await bed.live('Deployment', 'web');
  const labels = { 'rackless.dev/fence': '1007' };
  await bed.cluster.patch(web, { metadata: { labels } }, { fieldManager: 'rackless' });
  loseTable();

  const adopted = await adopt();

  expect(adopted.differing).toEqual(['Service/web', 'Deployment/web']);
  expect(bed.records.of('shop').lock.fence).toBe(1007);
  expect(bed.records.of('shop').app?.sequence).toBeGreaterThan(sequenceOf(promotion.id));
  const again = await bed.execute(await bed.begin(adopted.release));
  expect(again.end).toBe('Promoted');
  expect(JSON.stringify(await bed.live('Deployment', 'web'))).toContain('good-1');
  await bed.pass(2_000);
  expect(readActiveCopy(await bed.live('Secret', 'rackless-active')).fence).toBe(1008);
});

test('a key that can not be opened any more is replaced, and said', async () => {
  await bed.promote({ images: { web: 'good' } });
  loseTable();

  const { lost } = await adopt(false);

  expect(bed.records.of('shop').app?.dataKey).toBe('new-key');
  expect(lost).toContainEqual(expect.stringContaining('restarts all processes'));
});

test('the copy of another app is no truth about this one', async () => {
  await bed.promote({ images: { web: 'good' } });
  loseTable();
  const secret = await bed.live('Secret', 'rackless-active');
  await bed.cluster.put({
    ...secret,
    metadata: { name: 'rackless-active', namespace: 'atom-blog' },
  });

  await expect(adoptApp(deps())({ name: 'blog' })).rejects.toThrow(
    'the copy in namespace atom-blog is of app shop of rack atom'
  );
});

test('the list says which apps can be adopted, which are known, and which are lost', async () => {
  const { release } = await bed.promote({ images: { web: 'good' } });
  const known = await listAdoptableApps(deps())();
  loseTable();
  await bed.cluster.put({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: 'atom-blog', labels: { system: 'rackless', rack: 'atom', app: 'blog' } },
  });
  const namespaceOfAnother = { system: 'rackless', rack: 'other', app: 'shop' };
  await bed.cluster.put({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: 'other-shop', labels: namespaceOfAnother },
  });

  const listed = await listAdoptableApps(deps())();

  expect(known).toEqual([expect.objectContaining({ app: 'shop', state: 'known' })]);
  expect(listed).toEqual([
    expect.objectContaining({ app: 'blog', state: 'lost' }),
    expect.objectContaining({ app: 'shop', state: 'adoptable', release }),
  ]);
});
