import { expect, test } from '@jest/globals';
import { removeContextList, writeContextList } from '#core/builds/tasks/context-list.ts';
import { writeSourceList } from '#core/objects/source-list.ts';
import { aBuild, buildBed } from '../build-bed.ts';

const [one, two] = ['1'.repeat(64), '2'.repeat(64)];
const list = writeSourceList([
  { sha256: one, size: 5 },
  { sha256: two, size: 7 },
  { sha256: one, size: 5 },
]);
const chunked = aBuild({ source: `object://shop/sources/${list.sha256}` });

test('a source in chunks is listed chunk by chunk, in its order', async () => {
  const { deps, objects } = buildBed();
  objects.set(`sources/${list.sha256}`, list.text);

  const address = await writeContextList(deps, chunked);

  expect(address).toBe('https://bucket/shop/builds/BAAAAAAAAAA/context?signed');
  expect(objects.get('builds/BAAAAAAAAAA/context')).toBe(
    `${one} https://bucket/chunks/shop/${one}?signed\n` +
      `${two} https://bucket/chunks/shop/${two}?signed\n` +
      `${one} https://bucket/chunks/shop/${one}?signed\n`
  );
});

test("a whole archive, as Convox's client sends it, is the only part of its list", async () => {
  const { deps, objects } = buildBed();

  await writeContextList(deps, aBuild({ source: 'object://shop/tmp/1.tgz' }));

  expect(objects.get('builds/BAAAAAAAAAA/context')).toBe(
    '- https://bucket/shop/objects/tmp/1.tgz?signed\n'
  );
});

test('the list goes with the build', async () => {
  const { deps, objects } = buildBed();
  await writeContextList(deps, aBuild());

  await removeContextList(deps, aBuild());

  expect([...objects.keys()]).toEqual([]);
});

test.each([
  ['is not there', chunked, `object not found: sources/${list.sha256}`],
  ['is another app’s', aBuild({ source: 'object://blog/tmp/1.tgz' }), 'not an object of app shop'],
])('a source that %s is named', async (_what, build, message) => {
  const { deps } = buildBed();

  await expect(writeContextList(deps, build)).rejects.toThrow(message);
});
