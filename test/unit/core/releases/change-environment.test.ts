import { expect, test } from '@jest/globals';
import { changeEnvironment } from '#core/releases/change-environment.ts';
import { createRelease } from '#core/releases/create-release.ts';
import { aCaller, bedWithShop } from '../api-bed.ts';

const begin = async (env: string) => {
  const bed = await bedWithShop();
  const first = await createRelease(bed)({ app: 'shop', env }, aCaller());
  const change = changeEnvironment(bed);
  const request = { app: 'shop', set: {}, unset: [], replace: false };
  return {
    bed,
    first,
    change: (given: Partial<Parameters<typeof change>[0]>) =>
      change({ ...request, ...given }, aCaller()),
    envOf: async (id: string) => (await bed.releases.find('shop', id))?.env,
  };
};

test('sets and unsets variables and leaves the others', async () => {
  const { change, envOf } = await begin('A=1\nB=2\nC=3');

  const release = await change({ set: { B: 'two', D: '4' }, unset: ['C'] });

  expect(await envOf(release.id)).toBe('A=1\nB=two\nD=4');
  expect(release.description).toBe('env add:D change:B remove:C');
});

test('no value comes back', async () => {
  const { change } = await begin('A=1');

  expect((await change({ set: { B: 'secret' } })).env).toBe('');
});

test('replacing drops what is not set', async () => {
  const { change, envOf } = await begin('A=1\nB=2');

  expect(await envOf((await change({ set: { B: '3' }, replace: true })).id)).toBe('B=3');
});

test('a change can start from an older release', async () => {
  const { first, change, envOf } = await begin('A=1');
  await change({ set: { A: '2' } });

  const release = await change({ set: { B: '1' }, release: first.id });

  expect(await envOf(release.id)).toBe('A=1\nB=1');
});

test('a change that is based on an older release is refused by the names that changed since', async () => {
  const { bed, first, change } = await begin('A=1\nB=2');
  const second = await change({ set: { B: 'secret' }, unset: ['A'] });

  await expect(change({ set: { C: '1' }, 'based-on': first.id })).rejects.toMatchObject({
    kind: 'conflict',
    message: `release ${second.id} is newer than ${first.id}; changed in between: A, B`,
  });
  expect(await bed.releases.list('shop', 10)).toHaveLength(2);
});

test('a change that is based on the latest release is made', async () => {
  const { first, change, envOf } = await begin('A=1');

  const release = await change({ set: { A: '2' }, 'based-on': first.id });

  expect(await envOf(release.id)).toBe('A=2');
});

test.each([
  ['unsetting what is not set', { unset: ['NOPE'] }, 'env not found: NOPE'],
  ['a mask', { set: { A: '****' } }, 'env: masked value for A'],
  ['a line break', { set: { A: 'one\ntwo' } }, 'the value of A has a line break'],
  ['an unknown base', { release: 'RAAAAAAAAAA' }, 'release not found: RAAAAAAAAAA'],
])('%s is refused, and nothing changes', async (_, request, message) => {
  const { bed, change } = await begin('A=1');

  await expect(change(request)).rejects.toThrow(message);
  expect(await bed.releases.list('shop', 10)).toHaveLength(1);
});

test('two changes at the same moment both count', async () => {
  const { bed, change } = await begin('A=1');

  await Promise.all([change({ set: { B: '1' } }), change({ set: { C: '1' } })]);

  expect((await bed.releases.latest('shop'))?.env).toBe('A=1\nB=1\nC=1');
});
