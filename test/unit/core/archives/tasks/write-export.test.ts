import { expect, test } from '@jest/globals';
import { findExport } from '#core/archives/export-state.ts';
import { failExport, writeExport } from '#core/archives/tasks/write-export.ts';
import { UnavailableError } from '#core/errors.ts';
import { digestOf } from '#test/fakes/in-memory-image-repositories.ts';
import { type ArchiveBed, archiveBed, exported, repository, textOf } from '../archive-bed.ts';

test('writes the record, an image layout with each image once, manifests before blobs', async () => {
  const bed = await archiveBed();
  const other = bed.store.addImage('the layer of web', { of: 'worker' });
  const images = [
    { service: 'web', image: `${repository}@${bed.digest}` },
    { service: 'worker', image: `${repository}@${other}` },
  ];
  const build = await bed.builds.create({ ...bed.build, images });

  const files = await exported({ ...bed, build, run: { ...bed.run, build: build.id } });

  const path = (digest: string): string => `blobs/${digest.replace(':', '/')}`;
  expect(files.map((it) => it.path)).toEqual([
    'build.json',
    'oci-layout',
    'index.json',
    path(bed.digest),
    path(other),
    path(digestOf('{"of":"the layer of web"}')),
    path(digestOf('the layer of web')),
  ]);
  expect(JSON.parse(textOf(files[1] as never))).toEqual({ imageLayoutVersion: '1.0.0' });
  expect(JSON.parse(textOf(files[2] as never))).toMatchObject({
    schemaVersion: 2,
    manifests: [
      {
        digest: bed.digest,
        annotations: { 'org.opencontainers.image.ref.name': `web.${build.id}` },
      },
      { digest: other, annotations: { 'org.opencontainers.image.ref.name': `worker.${build.id}` } },
    ],
  });
  expect(bed.repositories.logins).toEqual([{ username: 'rack', password: 'pull' }]);
});

test('says what the build was, and nothing of its arguments, its release or its registry', async () => {
  const provenance = { builder: 'buildkit 1', bases: [], sbom: false };
  const bed = await archiveBed({
    gitSha: 'abc',
    gitDirty: true,
    provenance,
    release: 'RAAAAAAAAAA',
  });

  const [record] = await exported(bed);

  expect(JSON.parse(textOf(record as never))).toEqual({
    version: 1,
    id: bed.build.id,
    app: 'shop',
    rack: 'atom',
    description: bed.build.description,
    'git-sha': 'abc',
    'git-dirty': true,
    manifest: bed.build.manifest,
    provenance,
    services: [
      { name: 'web', digest: bed.digest },
      { name: 'worker', digest: bed.digest },
      { name: 'cache', image: 'docker.io/library/redis:7' },
    ],
  });
  expect(textOf(record as never)).not.toMatch(/hunter2|RAAAAAAAAAA|registry\.example/);
});

test('the same build makes the same archive', async () => {
  const bed = await archiveBed();

  const [first, second] = [await exported(bed), await exported(bed)];

  expect(second).toEqual(first);
});

test('brings all platforms of an image, and what is attached to it', async () => {
  const bed = await archiveBed();
  const type = 'application/vnd.oci.image';
  const refer = (digest: string) => ({
    mediaType: `${type}.manifest.v1+json`,
    digest,
    size: bed.store.manifests.get(digest)?.content.length,
  });
  const [arm, sbom] = [bed.store.addImage('arm'), bed.store.addImage('a list of what is in it')];
  const index = bed.store.add({
    mediaType: `${type}.index.v1+json`,
    manifests: [refer(bed.digest), refer(arm), refer(sbom)],
  });
  const images = [{ service: 'web', image: `${repository}@${index}` }];
  const build = await bed.builds.create({ ...bed.build, images });

  const files = await exported({ ...bed, build, run: { ...bed.run, build: build.id } });

  const paths = files.map((it) => it.path.replace('blobs/sha256/', 'sha256:'));
  expect(paths.slice(3, 7)).toEqual([bed.digest, arm, sbom, index]);
  expect(paths).toHaveLength(3 + 4 + 6);
});

test('names the service whose image is gone from the registry', async () => {
  const bed = await archiveBed();
  bed.store.manifests.clear();

  await writeExport(bed)(bed.run);

  expect(bed.archives.kept.size).toBe(0);
  expect(await findExport(bed, bed.build)).toMatchObject({
    status: 'failed',
    reason: `image of web, worker is not in the registry any more: ${repository}@${bed.digest}`,
  });
});

test('names a layer that is gone', async () => {
  const bed = await archiveBed();
  bed.store.blobs.delete(digestOf('the layer of web'));

  await writeExport(bed)(bed.run);

  expect(await findExport(bed, bed.build)).toMatchObject({
    status: 'failed',
    reason: `a layer is not in the registry any more: ${digestOf('the layer of web')}`,
  });
});

test.each([
  ['other content of the same size', 'THE LAYER OF WEB', /is not what its digest says/],
  ['less', 'the layer', /ends after 9 of 16 bytes/],
  ['more', 'the layer of web and more', /has more than the 16 bytes/],
])('a registry that gives %s is asked again', async (_, content, message) => {
  const bed = await archiveBed();
  bed.store.blobs.set(digestOf('the layer of web'), Buffer.from(content));

  const writing = writeExport(bed)(bed.run);

  await expect(writing).rejects.toMatchObject({ name: 'UnavailableError' });
  await expect(writing).rejects.toThrow(message);
  expect(bed.archives.kept.size).toBe(0);
});

async function* cutOff(content: AsyncIterable<Uint8Array>, bytes: number) {
  let left = bytes;
  for await (const part of content) {
    yield part.subarray(0, left);
    left -= part.length;
    if (left <= 0) throw new UnavailableError('the line broke');
  }
}

/** Breaks off each time after so many bytes, and remembers from where it was asked for. */
const breaking = (bed: ArchiveBed, after: number) => {
  const asked: number[] = [];
  const open = bed.store.blob.bind(bed.store);
  bed.store.blob = async (digest, from = 0) => {
    const content = await open(digest, from);
    if (!content || digest !== digestOf('the layer of web')) return content;
    asked.push(from);
    return cutOff(content, after);
  };
  return asked;
};

test('a layer that breaks off goes on where it broke, and nothing else is fetched again', async () => {
  const bed = await archiveBed();
  const whole = await exported(bed);
  const asked = breaking(bed, 5);

  const files = await exported(bed);

  expect(files).toEqual(whole);
  expect(asked).toEqual([0, 5, 10, 15]);
});

test('a layer of which nothing more comes is given up', async () => {
  const bed = await archiveBed();
  const before = bed.clock();
  const asked = breaking(bed, 0);

  await expect(writeExport(bed)(bed.run)).rejects.toThrow('the line broke');

  expect(asked).toEqual([0, 0, 0, 0, 0]);
  expect(bed.clock()).toBeGreaterThan(before);
});

test('keeps in plain words that trying again did not help', async () => {
  const bed = await archiveBed();

  await failExport(bed)({ ...bed.run, error: { Error: 'UnavailableError' } });

  expect(await findExport(bed, bed.build)).toMatchObject({
    status: 'failed',
    reason: 'the registry could not be reached for too long',
  });
});

test('tells how far it is', async () => {
  const bed = await archiveBed();
  const told: unknown[] = [];
  let now = 0;
  const transfers = {
    write: async (_app: string, _key: string, content: Uint8Array) =>
      void told.push(JSON.parse(Buffer.from(content).toString())),
  };

  await writeExport({ ...bed, transfers, clock: () => (now += 700) })(bed.run);

  const [first, second] = told as { done: number; total: number }[];
  expect(told[0]).toMatchObject({ status: 'running', run: 'r1', total: expect.any(Number) });
  expect(first?.done).toBeLessThan(second?.done ?? 0);
  expect(second?.done).toBeLessThanOrEqual(second?.total ?? 0);
});

test('does nothing for a build that is gone with its app', async () => {
  const bed = await archiveBed();

  await writeExport(bed)({ ...bed.run, build: 'BZZZZZZZZZZ' });

  expect(bed.archives.kept.size).toBe(0);
});
