import { expect, test } from '@jest/globals';
import { promoteRelease } from '#core/releases/promote-release.ts';
import { rollbackRelease } from '#core/releases/rollback-release.ts';
import { expireApp } from '#core/retention/expire-app.ts';
import { aCaller } from '../api-bed.ts';
import { day, digestOf } from './histories.ts';
import { disturbing, lostImages, type SweepBed, sweepBed } from './sweep-bed.ts';

const deployTimes = async (bed: SweepBed, count: number) => {
  const made: { id: string; build: string }[] = [];
  for (let left = count; left > 0; left--) made.push(await bed.deploy());
  return made;
};

test('old releases lose their images, documents and environment, and keep their row', async () => {
  const bed = await sweepBed();
  const [first, second] = await deployTimes(bed, 5);

  const expiry = await bed.sweep();

  const gone = [first, second].flatMap((it) => [it?.id, it?.build]);
  expect(new Set(expiry?.expired)).toEqual(new Set(gone));
  expect(expiry?.images).toEqual([digestOf(1), digestOf(2)]);
  expect(await bed.digestsLeft()).toEqual([digestOf(3), digestOf(4), digestOf(5)]);
  const keys = (await bed.storedDocuments.list('shop')).map((it) => it.key);
  for (const { id, build } of [first, second].flatMap((it) => it ?? [])) {
    expect(keys.filter((it) => it.includes(id) || it.includes(build))).toEqual([]);
    expect(await bed.releases.find('shop', id)).toMatchObject({ env: '', build, actor: 'ann' });
  }
  expect(keys).toHaveLength(9);
  expect(await bed.releases.list('shop', 10)).toHaveLength(5);
});

test('a second sweep finds nothing to do, and asks the registry for nothing', async () => {
  const bed = await sweepBed();
  await deployTimes(bed, 5);
  await bed.sweep();
  const images = new Proxy(bed.images, {
    get: () => {
      throw new Error('the registry was asked');
    },
  });

  const again = await expireApp({ ...bed, images })('shop');

  expect(again).toEqual({ app: 'shop', expired: [], images: [], documents: 0, left: '' });
});

test('what a retained release can go back to is there, and an expired one is refused', async () => {
  const bed = await sweepBed();
  const [first, , third] = await deployTimes(bed, 5);
  await bed.sweep();

  await rollbackRelease(bed)({ app: 'shop', id: third?.id ?? '' }, aCaller());
  const refused = rollbackRelease(bed)({ app: 'shop', id: first?.id ?? '' }, aCaller());

  await expect(refused).rejects.toThrow(`release has expired: ${first?.id}`);
  expect(await lostImages(bed)).toEqual([]);
});

test('an image that was built again under another tag stays', async () => {
  const bed = await sweepBed();
  const digest = digestOf(50);
  await bed.deploy({ digest });
  await deployTimes(bed, 3);
  await bed.deploy({ digest });

  await bed.sweep();

  expect(await bed.digestsLeft()).toContain(digest);
  expect(await lostImages(bed)).toEqual([]);
});

test("the release of the cluster's copy stays, even when the table was restored without it", async () => {
  const bed = await sweepBed();
  const [first] = await deployTimes(bed, 5);
  const build = first?.build ?? '';
  await bed.putCopy('shop', [], build);

  await bed.sweep();

  expect(await bed.digestsLeft()).toContain(digestOf(1));
  expect((await bed.builds.find('shop', build))?.expired).toBeUndefined();
});

test('nothing is done while the cluster can not say what it runs', async () => {
  const bed = await sweepBed();
  await deployTimes(bed, 5);
  bed.cluster.unreachable = true;

  await expect(bed.sweep()).rejects.toThrow();

  expect((await bed.releases.list('shop', 10)).filter((it) => it.expired)).toEqual([]);
  expect(await bed.digestsLeft()).toHaveLength(5);
});

test('images wait for the end of a build that is under way, and go the next time', async () => {
  const bed = await sweepBed();
  await deployTimes(bed, 5);
  const begun = await bed.begin();

  expect(await bed.sweep()).toMatchObject({ images: [], left: 'a build is under way' });
  expect(await bed.digestsLeft()).toHaveLength(6);
  await bed.finish(begun);

  expect(await bed.sweep()).toMatchObject({ images: [digestOf(1), digestOf(2)], left: '' });
});

test('a registry that deletes nothing is told of once', async () => {
  const bed = await sweepBed();
  await deployTimes(bed, 5);
  bed.images.isUnsupported = true;

  expect(await bed.sweep()).toMatchObject({ images: [], left: 'the registry deletes nothing' });
  expect(await bed.sweep()).toMatchObject({ left: '' });
});

test('an app that is going is left to its deletion', async () => {
  const bed = await sweepBed();
  await deployTimes(bed, 5);
  await bed.apps.markDeleting('shop');

  expect(await bed.sweep()).toBeUndefined();
  expect(await bed.digestsLeft()).toHaveLength(5);
});

/** Each of the calls a sweep makes, with something that happens just before it. */
const calls = [
  'retention.read',
  'cluster.get',
  'retention.expire',
  'storedDocuments.list',
  'storedDocuments.remove',
  'images.list',
  'retention.isUnchanged',
  'images.remove',
  'retention.removeStories',
  'retention.settle',
];

const races: Readonly<Record<string, (bed: SweepBed, old: string) => Promise<unknown>>> = {
  'a rollback': async (bed, old) => rollbackRelease(bed)({ app: 'shop', id: old }, aCaller()),
  'a promotion': async (bed) => {
    const latest = await bed.releases.latest('shop');
    return promoteRelease(bed)({ app: 'shop', id: latest?.id ?? '' }, aCaller());
  },
  'a pin': async (bed, old) => bed.releases.pin('shop', old, true),
  'another sweep': async (bed) => bed.sweep(),
  'a build of the same image': async (bed) => bed.finish(await bed.begin({ digest: digestOf(1) })),
  'a deletion of the app': async (bed) => bed.apps.markDeleting('shop'),
};

for (const [name, race] of Object.entries(races)) {
  test.each(calls)(`${name} just before %s loses nothing that is left`, async (call) => {
    const bed = await sweepBed();
    const [first] = await deployTimes(bed, 5);
    const old = first?.id ?? '';

    const act = () => race(bed, old).catch(() => undefined);
    await expireApp(disturbing(bed, call, act))('shop');

    expect(await lostImages(bed)).toEqual([]);
    // Whatever was put off is done later.
    if (name === 'a deletion of the app') return;
    await bed.sleep(day);
    await bed.sweep();
    expect(await lostImages(bed)).toEqual([]);
    expect(bed.records.of('shop').uncleared.size).toBe(0);
  });
}

test('one that was cut off anywhere is finished by the next', async () => {
  for (const call of calls) {
    const bed = await sweepBed();
    await deployTimes(bed, 5);
    const act = () => Promise.reject(new Error('the function dies'));

    await expect(expireApp(disturbing(bed, call, act))('shop')).rejects.toThrow('dies');
    await bed.sweep();

    expect(await bed.digestsLeft()).toEqual([digestOf(3), digestOf(4), digestOf(5)]);
    expect(await bed.storedDocuments.list('shop')).toHaveLength(9);
    expect(bed.records.of('shop').uncleared.size).toBe(0);
  }
});
