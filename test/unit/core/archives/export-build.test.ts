import { expect, test } from '@jest/globals';
import { downloadExport, getExport, startExport } from '#core/archives/export-build.ts';
import { failExport } from '#core/archives/tasks/write-export.ts';
import { type ArchiveBed, archiveBed } from './archive-bed.ts';

const one = ({ build }: ArchiveBed) => ({ app: 'shop', id: build.id });

const complete = ({ transfers, build }: ArchiveBed) =>
  transfers.write('shop', `exports/${build.id}.tgz`, Buffer.from('archive'));

test('starts once, however often it is asked for', async () => {
  const bed = await archiveBed();

  const first = await startExport(bed)(one(bed));
  const second = await startExport(bed)(one(bed));

  expect(first).toEqual({ build: bed.build.id, status: 'running', done: 0, total: 0, reason: '' });
  expect(second).toEqual(first);
  expect(bed.exportRuns.started).toHaveLength(1);
});

test('an archive that is there is used again', async () => {
  const bed = await archiveBed();
  await complete(bed);

  expect(await startExport(bed)(one(bed))).toEqual({
    build: bed.build.id,
    status: 'complete',
    done: 7,
    total: 7,
    reason: '',
    url: `memory://shop/exports/${bed.build.id}.tgz`,
  });
  expect(bed.exportRuns.started).toEqual([]);
});

test('one that has failed says why, and starts anew', async () => {
  const bed = await archiveBed();
  await startExport(bed)(one(bed));
  await failExport(bed)({ ...bed.run, error: { Error: 'States.Timeout' } });

  expect(await getExport(bed)(one(bed))).toMatchObject({
    status: 'failed',
    reason: 'it took longer than it may',
  });
  await bed.sleep(1);
  expect(await startExport(bed)(one(bed))).toMatchObject({ status: 'running' });
  expect(new Set(bed.exportRuns.started).size).toBe(2);
});

test('one whose execution has died is not waited for', async () => {
  const bed = await archiveBed();
  await startExport(bed)(one(bed));
  bed.exportRuns.ended.add(bed.exportRuns.started[0] ?? '');

  expect(await getExport(bed)(one(bed))).toMatchObject({ status: 'running' });
  await bed.sleep(61_000);
  expect(await getExport(bed)(one(bed))).toMatchObject({
    status: 'failed',
    reason: 'it was interrupted',
  });
});

test('nobody has asked for it', async () => {
  const bed = await archiveBed();

  await expect(getExport(bed)(one(bed))).rejects.toThrow(`build ${bed.build.id} has no export`);
});

test.each([
  [{ status: 'running' }, 'is running: there is nothing to export yet'],
  [{ status: 'failed', reason: 'no Dockerfile' }, 'has failed: there is nothing to export'],
  [{ images: [] }, 'has no images to export'],
] as const)('a build %j is refused', async (given, message) => {
  const bed = await archiveBed(given);

  for (const ask of [startExport(bed), getExport(bed), downloadExport(bed)]) {
    await expect(ask(one(bed))).rejects.toThrow(`build ${bed.build.id} ${message}`);
  }
});

test('an app that is being deleted is refused, and an unknown build', async () => {
  const bed = await archiveBed();
  await expect(startExport(bed)({ app: 'shop', id: 'BZZZZZZZZZZ' })).rejects.toThrow(
    'build not found: BZZZZZZZZZZ'
  );
  const app = await bed.apps.find('shop');
  const apps = { find: async () => ({ ...app, deleting: true }) } as unknown as typeof bed.apps;

  await expect(startExport({ ...bed, apps })(one(bed))).rejects.toThrow(
    'app is being deleted: shop'
  );
});

test('Convox’s client is sent to the archive, and to the same place again while it is made', async () => {
  const bed = await archiveBed();
  const before = bed.clock();

  expect(await downloadExport(bed)(one(bed))).toBe(`${bed.build.id}.tgz`);
  expect(bed.clock() - before).toBeLessThan(29_000);

  await complete(bed);
  expect(await downloadExport(bed)(one(bed))).toContain('memory://');
  expect(bed.exportRuns.started).toHaveLength(1);
});

test('and is told when it fails', async () => {
  const bed = await archiveBed();
  const sleep = () => failExport(bed)({ ...bed.run, error: { Error: 'UnavailableError' } });

  await expect(
    downloadExport({ ...bed, sleep: async () => void (await sleep()) })(one(bed))
  ).rejects.toThrow('could not be exported: the registry could not be reached for too long');
});
