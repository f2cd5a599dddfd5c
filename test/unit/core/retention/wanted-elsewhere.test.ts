import { expect, test } from '@jest/globals';
import type { Build } from '#core/builds/build.ts';
import { byText } from '#core/environments/environment.ts';
import { expireApp } from '#core/retention/expire-app.ts';
import { expireApps } from '#core/retention/expire-apps.ts';
import { wantedElsewhere } from '#core/retention/wanted-elsewhere.ts';
import { anApp } from '#test/samples.ts';
import { aBuild } from '../api-bed.ts';
import { digestOf } from './histories.ts';
import { disturbing, type SweepBed, sweepBed } from './sweep-bed.ts';

/** An app `shop` whose first two of five builds have had their time; one can be used elsewhere. */
const bedWithOld = async () => {
  const bed = await sweepBed();
  const first = await bed.deploy();
  for (let left = 4; left > 0; left--) await bed.deploy();
  return { bed, first };
};

const old = `registry/atom/shop@${digestOf(1)}`;

/** A build of another app, which names an image of `shop`. */
const useElsewhere = async (bed: SweepBed, image = old, given: Partial<Build> = {}) => {
  if (!bed.records.of('blog').app) await bed.apps.create(anApp({ name: 'blog' }));
  const images = [{ service: 'web', image }];
  return bed.builds.create(aBuild({ app: 'blog', status: 'complete', images, ...given }));
};

const leave = async (bed: SweepBed, build: string) => {
  const history = await bed.retention.read('blog');
  if (history) await bed.retention.expire(history.app, { releases: [], builds: [build] }, 'now');
};

test('an image that another app names stays, by its digest and by its tag, until it is left', async () => {
  for (const by of ['digest', 'tag', 'tag and digest']) {
    const { bed, first } = await bedWithOld();
    const tag = `registry/atom/shop:web.${first.build}`;
    const image = { digest: old, tag }[by] ?? `${tag}@${digestOf(1)}`;
    const { id } = await useElsewhere(bed, image);

    expect(await bed.sweep()).toMatchObject({ images: [digestOf(2)], left: '' });
    expect(await bed.sweep()).toMatchObject({ images: [], left: '' });
    expect(await bed.digestsLeft()).toContain(digestOf(1));

    await leave(bed, id);
    expect(await bed.sweep()).toMatchObject({ images: [digestOf(1)], left: '' });
    expect(bed.records.of('shop').uncleared.size).toBe(0);
  }
});

test('the same digest in the repository of another app keeps nothing', async () => {
  const { bed } = await bedWithOld();
  await useElsewhere(bed, `registry/atom/blog@${digestOf(1)}`);
  await useElsewhere(bed, `registry/atom/workshop@${digestOf(2)}`);

  expect(await bed.sweep()).toMatchObject({ images: [digestOf(1), digestOf(2)] });
});

test('an image stays that the manifest of a build names which is under way', async () => {
  const { bed } = await bedWithOld();
  const manifest = `services: {web: {image: "${old}"}}`;
  const { id } = await useElsewhere(bed, old, { status: 'running', images: [], manifest });

  await bed.sweep();
  expect(await bed.digestsLeft()).toContain(digestOf(1));

  await bed.builds.change('blog', id, { status: 'failed' });
  expect(await bed.sweep()).toMatchObject({ images: [digestOf(1)] });
});

test('the parts of an index that another app names stay with it', async () => {
  const { bed } = await bedWithOld();
  const part = { digest: digestOf(51), pushed: 0 };
  bed.images.push('shop', part);
  bed.images.push('shop', { digest: digestOf(1), links: { parts: [part.digest] } });
  await useElsewhere(bed);

  await bed.sweep();

  expect(await bed.digestsLeft()).toContain(part.digest);
});

test("what the cluster's copy names stays, also of an app that the table does not know", async () => {
  const { bed } = await bedWithOld();
  await bed.putCopy('blog', [old]);

  await bed.sweep();

  expect(await bed.digestsLeft()).toContain(digestOf(1));
});

test.each([
  'retention.read',
  'cluster.get',
  'cluster.list',
  'retention.expire',
  'images.list',
  'retention.sequences',
])('an app that takes an old image just before %s has it', async (call) => {
  const { bed } = await bedWithOld();

  await expireApp(disturbing(bed, call, () => useElsewhere(bed)))('shop');

  expect(await bed.digestsLeft()).toContain(digestOf(1));
});

test('one run asks for the builds of an app once, unless it goes on or has a build under way', async () => {
  const { bed } = await bedWithOld();
  const asked: string[] = [];
  const retention = {
    sequences: () => bed.retention.sequences(),
    keptBuilds: (app: string) => {
      asked.push(app);
      return bed.retention.keptBuilds(app);
    },
  };
  const wanted = wantedElsewhere({ ...bed, retention });
  await bed.apps.create(anApp({ name: 'idle' }));
  const running = await useElsewhere(bed, old, { status: 'running' });

  await wanted('shop');
  expect(asked.splice(0).toSorted(byText)).toEqual(['blog', 'idle']);
  await wanted('shop');
  expect(asked.splice(0)).toEqual(['blog']);
  await bed.builds.change('blog', running.id, { status: 'complete' });
  await wanted('shop');
  await wanted('shop');
  expect(asked.splice(0)).toEqual(['blog']);
  await useElsewhere(bed);
  await wanted('shop');
  expect(asked).toEqual(['blog']);
});

test('a sweep with nothing to delete asks for no other app', async () => {
  const bed = await sweepBed();
  await bed.deploy();
  const fail = () => Promise.reject(new Error('it was asked'));

  expect(await expireApp(disturbing(bed, 'retention.sequences', fail))('shop')).toMatchObject({
    left: '',
  });
});

test('the repository of a deleted app stays as long as another app uses an image of it', async () => {
  const bed = await sweepBed();
  await bed.apps.create(anApp({ name: 'gone' }));
  bed.images.push('gone', { digest: digestOf(1), tags: ['web.BAAAAABAAAA'], pushed: 0 });
  bed.storedDocuments.put('gone', 'builds/BAAAAABAAAA/log', 0);
  await bed.apps.remove('gone');
  const image = `registry/atom/gone@${digestOf(1)}`;
  const { id } = await useElsewhere(bed, image);

  expect(await expireApps(bed)({ app: 'gone' })).toEqual({
    apps: [],
    gone: [],
    left: [{ app: 'gone', reason: 'blog uses images of it' }],
  });
  expect(await bed.images.list('gone')).toHaveLength(1);
  expect(await bed.storedDocuments.list('gone')).toEqual([]);

  await leave(bed, id);
  expect(await expireApps(bed)({ app: 'gone' })).toMatchObject({ gone: ['gone'] });
  expect(await bed.images.list('gone')).toEqual([]);
});
