import { expect, test } from '@jest/globals';
import { importImages } from '#core/archives/tasks/import-images.ts';
import { showBuild } from '#core/builds/show-build.ts';
import { buildTasks } from '#core/builds/tasks/tasks.ts';
import { InMemoryArchives, type KeptFile } from '#test/fakes/in-memory-archives.ts';
import { digestOf, InMemoryImageRepositories } from '#test/fakes/in-memory-image-repositories.ts';
import { InMemoryRegistry } from '#test/fakes/in-memory-registry.ts';
import { buildBed, run } from '../../builds/build-bed.ts';
import { archiveBed, exported } from '../archive-bed.ts';

const key = `imports/${'a'.repeat(64)}.tgz`;
const repository = 'registry.example.com/atom/shop';

/** The archive of one rack, sent to another one that has none of its images. */
const importing = async (
  change: (files: readonly KeptFile[]) => readonly KeptFile[] = (it) => it
) => {
  const provenance = { builder: 'buildkit 1', bases: [], sbom: true };
  const from = await archiveBed({ gitSha: 'abc', gitDirty: false, provenance });
  const files = await exported(from);
  const archives = new InMemoryArchives();
  archives.kept.set(`shop/${key}`, change(files));
  const bed = buildBed({ build: { source: `object://shop/${key}`, description: '' } });
  const repositories = new InMemoryImageRepositories();
  const registry = new InMemoryRegistry();
  const grants = { create: async (it: object) => ({ ...it, id: 'GAAAAAAAAAA' }) };
  const deps = { ...bed.deps, archives, repositories, registry, grants: grants as never };
  return {
    from,
    bed,
    archives,
    registry,
    store: repositories.of(repository),
    tasks: { ...buildTasks(deps), ImportImages: importImages(deps) },
  };
};

test('pushes what the registry lacks, what others refer to first, and makes the release', async () => {
  const { from, bed, store, registry, tasks } = await importing();

  expect(await tasks.ReadSource(run)).toMatchObject({ next: 'ImportImages' });
  expect(registry.minted).toEqual([]);
  expect(await tasks.ImportImages(run)).toMatchObject({ next: 'MakeRelease' });
  expect(await tasks.MakeRelease(run)).toMatchObject({ next: 'Complete' });

  expect(store.pushed).toEqual([
    digestOf('{"of":"the layer of web"}'),
    digestOf('the layer of web'),
    `web.${run.build}`,
    `worker.${run.build}`,
  ]);
  expect(store.manifests.get(from.digest)).toEqual(from.store.manifests.get(from.digest));
  expect(registry.minted).toMatchObject([
    { app: 'shop', session: `${run.build}.GAAAAAAAAAA`, withCache: false },
  ]);
  expect(bed.build()).toMatchObject({
    status: 'complete',
    description: from.build.description,
    gitSha: 'abc',
    gitDirty: false,
    manifest: from.build.manifest,
    images: [
      { service: 'web', image: `${repository}@${from.digest}` },
      { service: 'worker', image: `${repository}@${from.digest}` },
      { service: 'cache', image: 'docker.io/library/redis:7' },
    ],
  });
  expect(showBuild(bed.build() ?? from.build).provenance).toEqual({
    builder: 'buildkit 1',
    bases: [],
    sbom: true,
    claimed: true,
  });
  expect(showBuild(bed.build() ?? from.build).origin).toEqual({
    rack: 'atom',
    app: 'shop',
    build: from.build.id,
  });
  expect(bed.releases).toMatchObject([{ build: run.build, manifest: from.build.manifest }]);
  expect(bed.lines()[0]).toBe(
    `Importing: build ${from.build.id} of app shop, 2 blobs with 41 bytes`
  );
});

test.each([
  [
    { id: 'BAAAAAAAAAA', app: 'shop' },
    { rack: '', app: 'shop', build: 'BAAAAAAAAAA' },
  ],
  [
    { id: '\u001b[31mB', app: 'a b', rack: 'x'.repeat(101) },
    { rack: '', app: '', build: '' },
  ],
])('of %j only names are kept', async (names, origin) => {
  const { bed, tasks } = await importing((files) =>
    recordWith(files, { rack: undefined, ...names })
  );

  await tasks.ReadSource(run);

  expect(bed.build()).toMatchObject({ origin });
});

test('an attempt that was killed goes on where it was', async () => {
  const { store, tasks } = await importing();
  await tasks.ReadSource(run);
  await tasks.ImportImages(run);
  store.pushed.length = 0;

  expect(await tasks.ImportImages(run)).toMatchObject({ next: 'MakeRelease' });

  expect(store.pushed).toEqual([]);
});

test.each([
  [
    'a blob of other content',
    (files: readonly KeptFile[]) =>
      files.map((it, at) => (at === files.length - 1 ? { ...it, content: Buffer.from('x') } : it)),
    /^blob sha256:\w+ of the archive is not what its digest says$/,
  ],
  [
    'a service that the manifest does not have',
    (files: readonly KeptFile[]) => recordWith(files, { manifest: 'services: {web: {build: .}}' }),
    /^the archive has an image for worker, which its manifest has not as a service$/,
  ],
  [
    'no image for a service',
    (files: readonly KeptFile[]) => recordWith(files, { services: [] }),
    /^the archive has no image for service web$/,
  ],
  [
    'a manifest that this rack refuses',
    (files: readonly KeptFile[]) => recordWith(files, { manifest: 'services: {web: {prot: 1}}' }),
    /prot/,
  ],
] as const)(
  'an archive with %s fails the build, and nothing is pushed',
  async (_, change, reason) => {
    const { bed, store, tasks } = await importing(change);

    expect(await tasks.ReadSource(run)).toMatchObject({ next: 'RecordFailure' });
    expect(await tasks.RecordFailure(run)).toMatchObject({ next: 'Failed' });

    expect(bed.build()).toMatchObject({ status: 'failed', reason: expect.stringMatching(reason) });
    expect(store.pushed).toEqual([]);
    expect(bed.releases).toEqual([]);
  }
);

const recordWith = ([record, ...rest]: readonly KeptFile[], fields: object): KeptFile[] => {
  const given = JSON.parse(Buffer.from(record?.content ?? []).toString());
  const content = Buffer.from(JSON.stringify({ ...given, ...fields }));
  return [{ path: 'build.json', content }, ...rest];
};

test('a service with an image of its own needs none in the archive', async () => {
  const { bed, tasks } = await importing((files) => {
    const [{ content } = { content: Buffer.from('') }] = files;
    const { services } = JSON.parse(Buffer.from(content).toString());
    return recordWith(files, { services: services.slice(0, 2) });
  });

  await tasks.ReadSource(run);
  await tasks.ImportImages(run);
  await tasks.MakeRelease(run);

  expect(bed.build()?.images).toContainEqual({ service: 'cache', image: 'redis:7' });
});

test('an archive that has expired meanwhile fails the build with the next step', async () => {
  const { bed, archives, tasks } = await importing();
  archives.kept.clear();

  expect(await tasks.ReadSource(run)).toMatchObject({ next: 'RecordFailure' });
  expect(bed.build()?.reason).toBe(`archive not found: ${key}`);
});

test('stops when the build is cancelled in the middle', async () => {
  const { bed, store, tasks } = await importing();
  await tasks.ReadSource(run);
  const { hasBlob } = store;
  store.hasBlob = async (digest) => {
    await bed.deps.pause(6000);
    const end = { status: 'failed', reason: 'cancelled by bob', cancelledBy: 'bob', ended: 'now' };
    if (bed.build()?.status === 'running') {
      await bed.deps.builds.change('shop', run.build, end as never);
    }
    return hasBlob.call(store, digest);
  };

  expect(await tasks.ImportImages(run)).toMatchObject({ next: 'RecordFailure' });

  expect(store.pushed).toHaveLength(1);
  expect(bed.build()?.images).toEqual([]);
});

test('an archive that was replaced after it was checked pushes nothing wrong', async () => {
  const { archives, bed, store, tasks } = await importing();
  await tasks.ReadSource(run);
  const files = archives.kept.get(`shop/${key}`) ?? [];
  archives.kept.set(
    `shop/${key}`,
    files.map((it) => (it.content.length === 16 ? { ...it, content: Buffer.alloc(16) } : it))
  );

  expect(await tasks.ImportImages(run)).toMatchObject({ next: 'RecordFailure' });

  expect(bed.build()?.reason).toMatch(/^blob sha256:\w+ is not what its digest says$/);
  expect(store.manifests.size).toBe(0);
});
