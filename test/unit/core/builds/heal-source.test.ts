import { expect, test } from '@jest/globals';
import { recordFailure } from '#core/builds/tasks/record-failure.ts';
import { writeSourceList } from '#core/objects/source-list.ts';
import { buildBed, run } from './build-bed.ts';

const [good, bad, foreign] = ['1', '2', '3'].map((it) => it.repeat(64)) as [string, string, string];
const list = writeSourceList([
  { sha256: good, size: 5 },
  { sha256: bad, size: 7 },
]);

const failed = async (reason: string, source = `object://shop/sources/${list.sha256}`) => {
  const bed = buildBed({ build: { source, reason } });
  bed.objects.set(`sources/${list.sha256}`, list.text);
  bed.sound.add(good);
  const looked: string[] = [];
  const { removeDamaged } = bed.deps.chunks;
  bed.deps.chunks.removeDamaged = (app, id) => {
    looked.push(id);
    return removeDamaged(app, id);
  };
  await recordFailure(bed.deps)(run);
  return { looked, reason: bed.build()?.reason, lines: bed.lines() };
};

test('a chunk that a failure names is looked at, and a build of it has a next time', async () => {
  const reason = `part 2 of 2 is not what was sent, its SHA-256 is another (${bad})`;

  const end = await failed(reason);

  expect(end.looked).toEqual([bad]);
  expect(end.reason).toBe(`${reason}: build again, which sends it anew`);
  expect(end.lines).toEqual([`ERROR: ${end.reason}`]);
});

test('one that is sound stays, and so does the reason', async () => {
  const reason = `part 1 of 2 is not there: wget: server returned error: 403 (${good})`;

  const end = await failed(reason);

  expect(end.looked).toEqual([good]);
  expect(end.reason).toBe(reason);
});

test.each([
  ['names none', 'the build of web failed with exit code 1'],
  ['names an image', `error: not found: localhost/web@sha256:${foreign}`],
])('a failure that %s has nothing looked at', async (_what, reason) => {
  expect(await failed(reason)).toMatchObject({ looked: [], reason });
});

test.each([
  ['is one archive', `object://shop/sources/${'a'.repeat(64)}.tgz`],
  ['is kept nowhere', `object://shop/sources/${'b'.repeat(64)}`],
  ['was built elsewhere', ''],
])('of a source that %s nothing is looked at', async (_what, source) => {
  expect(await failed(`it is broken (${bad})`, source)).toMatchObject({ looked: [] });
});
