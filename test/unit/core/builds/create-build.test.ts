import { expect, test } from '@jest/globals';
import { createBuild } from '#core/builds/create-build.ts';
import { storeObject } from '#core/objects/store-object.ts';
import { aCaller, bedWithShop } from '../api-bed.ts';

const begin = async () => {
  const bed = await bedWithShop();
  const body = Buffer.from('a source').toString('base64');
  const { Url } = await storeObject(bed)({ app: 'shop', key: 'tmp/a.tgz', body });
  const create = createBuild(bed);
  const request = {
    app: 'shop',
    url: Url,
    description: '',
    development: false,
    external: false,
    'no-grant': false,
    manifest: 'convox.yml',
    'no-cache': false,
    'git-sha': '',
  };
  return {
    bed,
    create: (given: Partial<Parameters<typeof create>[0]> = {}) =>
      create({ ...request, ...given }, aCaller()),
  };
};

test('a build is recorded as created and starts', async () => {
  const { bed, create } = await begin();

  const build = await create({ description: 'first', 'git-sha': 'abc' });

  expect(build).toMatchObject({
    id: expect.stringMatching(/^B[A-Z]{10}$/),
    status: 'created',
    description: 'first',
    'git-sha': 'abc',
    started: '2026-03-18T14:30:00.000Z',
    ended: '',
  });
  expect(bed.buildRuns.started).toEqual([`shop/${build.id}`]);
});

test.each([true, false, undefined])('keeps whether the source was dirty: %s', async (dirty) => {
  const { create } = await begin();

  expect((await create({ 'git-sha': 'abc', 'git-dirty': dirty }))['git-dirty']).toBe(dirty);
});

test('a build that cannot be started has failed', async () => {
  const { bed, create } = await begin();
  bed.buildRuns.isBroken = true;

  await expect(create()).rejects.toThrow('the state machine does not start');

  const [build] = await bed.builds.list('shop', 1);
  expect(build).toMatchObject({ status: 'failed', reason: 'the build could not be started' });
});

test.each([
  ['no source', { url: '' }, 'url: not a source of app shop: '],
  ['a web address', { url: 'https://example.org/a.tgz' }, 'url: not a source of app shop'],
  ['an object of another app', { url: 'object://blog/tmp/a.tgz' }, 'url: not a source of app shop'],
  ['a way out of the app', { url: 'object://shop/../blog/a.tgz' }, 'url: not a source of app shop'],
  [
    'what was never uploaded',
    { url: 'object://shop/tmp/b.tgz' },
    'object not found: object://shop/tmp/b.tgz',
  ],
  ['bad build args', { 'build-args': 'A' }, 'invalid build args:A'],
  ['an unknown app', { app: 'nope' }, 'app not found: nope'],
])('%s is refused before anything starts', async (_, request, message) => {
  const { bed, create } = await begin();

  await expect(create(request)).rejects.toThrow(message);
  expect(bed.buildRuns.started).toEqual([]);
  expect(await bed.builds.list('shop', 1)).toEqual([]);
});

test.each<[string | string[], Record<string, string>]>([
  ['A=1,B=x=y', { A: '1', B: 'x=y' }],
  ['A=1&B=x%20y', { A: '1', B: 'x y' }],
  [['A=1,2', 'B='], { A: '1,2', B: '' }],
  ['', {}],
])('reads build arguments as clients send them: %j', async (args, expected) => {
  const { bed, create } = await begin();

  const { id } = await create({ 'build-args': args });

  expect((await bed.builds.find('shop', id))?.buildArgs).toEqual(expected);
});
