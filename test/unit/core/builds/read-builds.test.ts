import { expect, test } from '@jest/globals';
import type { Build } from '#core/builds/build.ts';
import { getBuild, getBuildLogs, listBuildEvents, listBuilds } from '#core/builds/read-builds.ts';
import { aBuild, bedWithShop } from '../api-bed.ts';

const line = (sequence: number, text: string) => ({
  sequence,
  at: '2026-03-18T14:30:00.000Z',
  text,
  kind: 'log' as const,
});

const begin = async (given: Partial<Build> = {}) => {
  const bed = await bedWithShop();
  const { id } = await bed.builds.create(aBuild(given));
  return { bed, id, one: { app: 'shop', id } };
};

test('lists builds, newest first, as many as asked for', async () => {
  const { bed, id } = await begin();
  const second = await bed.builds.create(aBuild());
  const ids = async (limit: number) =>
    (await listBuilds(bed)({ app: 'shop', limit })).map((it) => it.id);

  expect(await ids(10)).toEqual([second.id, id]);
  expect(await ids(1)).toEqual([second.id]);
});

test('the log of a running build is what it has said so far', async () => {
  const { bed, one } = await begin();
  await bed.stories.append(one, [line(1, 'Building: .'), line(2, 'done')]);

  expect(await getBuildLogs(bed)(one)).toBe('Building: .\ndone\n');
});

test('the kept log wins over the events', async () => {
  const { bed, one } = await begin();
  await bed.stories.append(one, [line(1, 'Building: .')]);
  await bed.objects.write('shop', `builds/${one.id}/log`, Buffer.from('all of it\n'));

  expect(await getBuildLogs(bed)(one)).toBe('all of it\n');
});

test('of a log that no answer holds, the end is given', async () => {
  const { bed, one } = await begin();
  const log = `start\n${'x'.repeat(5_000_000)}end`;
  await bed.objects.write('shop', `builds/${one.id}/log`, Buffer.from(log));

  const text = await getBuildLogs(bed)(one);

  expect(text.startsWith('(the first 9 bytes are left out)\n')).toBe(true);
  expect(text.endsWith('xend')).toBe(true);
});

test('the story of a build is done when the build has ended and all is read', async () => {
  const { bed, one } = await begin();
  await bed.stories.append(one, [line(1, 'Building: .')]);
  const read = (after: number) => listBuildEvents(bed)({ ...one, after, wait: 0 });

  expect(await read(0)).toEqual({ events: [line(1, 'Building: .')], done: false });
  await bed.builds.change('shop', one.id, { status: 'failed' });
  expect(await read(0)).toEqual({ events: [line(1, 'Building: .')], done: true });
  expect(await read(1)).toEqual({ events: [], done: true });
});

test('an unknown build is named, and an unknown app first', async () => {
  const { bed } = await begin();
  const unknown = { app: 'shop', id: 'BZZZZZZZZZZ', after: 0, wait: 0 };

  for (const read of [getBuild(bed), getBuildLogs(bed), listBuildEvents(bed)]) {
    await expect(read(unknown)).rejects.toThrow('build not found: BZZZZZZZZZZ');
    await expect(read({ ...unknown, app: 'nope' })).rejects.toThrow('app not found: nope');
  }
});
