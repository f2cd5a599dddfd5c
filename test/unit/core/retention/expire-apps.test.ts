import { expect, test } from '@jest/globals';
import { clearGoneApp } from '#core/retention/clear-gone-app.ts';
import { expireApps } from '#core/retention/expire-apps.ts';
import { anApp } from '#test/samples.ts';
import { digestOf } from './histories.ts';
import { sweepBed } from './sweep-bed.ts';

/** Two apps: `shop` with something to expire, and `gone`, which was deleted and has left something. */
const bedWithTwo = async () => {
  const bed = await sweepBed();
  for (let left = 5; left > 0; left--) await bed.deploy();
  await bed.apps.create(anApp({ name: 'gone' }));
  bed.images.push('gone', { digest: digestOf(1), tags: ['web.BAAAAABAAAA'], pushed: 0 });
  bed.storedDocuments.put('gone', 'builds/BAAAAABAAAA/log', 0);
  await bed.apps.remove('gone');
  return bed;
};

test('looks after every app and clears away what deleted ones have left', async () => {
  const bed = await bedWithTwo();

  const sweep = await expireApps(bed)();

  expect(sweep).toMatchObject({ apps: [{ app: 'shop' }], gone: ['gone'], left: [] });
  expect(await bed.images.list('gone')).toEqual([]);
  expect(await bed.storedDocuments.list('gone')).toEqual([]);
  expect(await expireApps(bed)()).toEqual({ apps: [], gone: [], left: [] });
});

test('an app in trouble holds up no other', async () => {
  const bed = await bedWithTwo();
  const read = async (app: string) => {
    if (app === 'shop') throw new Error('the table is away');
    return bed.retention.read(app);
  };
  const retention = Object.assign(Object.create(bed.retention), {
    read,
    apps: async () => ['shop'],
    sequences: bed.retention.sequences.bind(bed.retention),
    keptBuilds: bed.retention.keptBuilds.bind(bed.retention),
    gone: async () => bed.retention.gone(),
    holdName: bed.retention.holdName.bind(bed.retention),
    releaseName: bed.retention.releaseName.bind(bed.retention),
  });

  const sweep = await expireApps({ ...bed, retention })();

  expect(sweep).toEqual({
    apps: [],
    gone: ['gone'],
    left: [{ app: 'shop', reason: 'the table is away' }],
  });
});

test('what there is no time for is left for the next run', async () => {
  const bed = await bedWithTwo();
  let now = bed.clock();
  const clock = () => {
    now += 400_000;
    return now;
  };

  const sweep = await expireApps({ ...bed, clock })();

  expect(sweep.left).toContainEqual({ app: 'gone', reason: 'the time was over' });
  expect(await bed.images.list('gone')).toHaveLength(1);
});

test('a registry that deletes nothing is told of once for a deleted app, which is not called gone', async () => {
  const bed = await bedWithTwo();
  bed.images.isUnsupported = true;

  expect(await expireApps(bed)({ app: 'gone' })).toEqual({
    apps: [],
    gone: [],
    left: [{ app: 'gone', reason: 'the registry deletes nothing' }],
  });
  expect(await expireApps(bed)({ app: 'gone' })).toEqual({ apps: [], gone: [], left: [] });
});

test('nothing of a deleted app goes once there is another of its name', async () => {
  const bed = await bedWithTwo();
  await bed.apps.create(anApp({ name: 'gone' }));

  expect(await clearGoneApp(bed)('gone')).toBe('taken');

  expect(await bed.images.list('gone')).toHaveLength(1);
});

test('no app takes the name while what the old one has left is cleared away', async () => {
  const bed = await bedWithTwo();
  const removeApp = async (app: string) => {
    await expect(bed.apps.create(anApp({ name: 'gone' }))).rejects.toThrow(
      'an earlier app gone is just being cleared away'
    );
    expect(await clearGoneApp(bed)('gone')).toBe('busy');
    return bed.images.removeApp(app);
  };

  expect(
    await clearGoneApp({ ...bed, images: { list: bed.images.list.bind(bed.images), removeApp } })(
      'gone'
    )
  ).toBe('gone');

  await bed.apps.create(anApp({ name: 'gone' }));
});

test('one app alone, if it is named', async () => {
  const bed = await bedWithTwo();

  expect(await expireApps(bed)({ app: 'nobody' })).toEqual({ apps: [], gone: [], left: [] });
  expect(await expireApps(bed)({ app: 'gone' })).toEqual({ apps: [], gone: ['gone'], left: [] });
  expect(await expireApps(bed)({ app: 'shop' })).toMatchObject({ apps: [{ app: 'shop' }] });
});

test('a registry that is away keeps nobody from the name, and the rest goes the next time', async () => {
  const bed = await bedWithTwo();
  const removeApp = () => Promise.reject(new Error('the registry is away'));

  const sweep = await expireApps({ ...bed, images: Object.assign(bed.images, { removeApp }) })({
    app: 'gone',
  });

  expect(sweep).toEqual({
    apps: [],
    gone: [],
    left: [{ app: 'gone', reason: 'the registry is away' }],
  });
  expect(await bed.retention.gone()).toEqual(['gone']);
  await bed.apps.create(anApp({ name: 'gone' }));
});
