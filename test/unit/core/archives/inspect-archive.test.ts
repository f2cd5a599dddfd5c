import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { writeRecord } from '#core/archives/build-record.ts';
import { inspectArchive } from '#core/archives/inspect-archive.ts';
import { InMemoryArchives, type KeptFile } from '#test/fakes/in-memory-archives.ts';
import { digestOf } from '#test/fakes/in-memory-image-repositories.ts';
import { type ArchiveBed, aRecord, archiveBed, exported } from './archive-bed.ts';

const inspect = (files: readonly KeptFile[]) => {
  const archives = new InMemoryArchives();
  archives.kept.set('shop/a', files);
  return inspectArchive(archives.read('shop', 'a'));
};

const file = (path: string, text: string): KeptFile => ({ path, content: Buffer.from(text) });
const blob = (text: string): KeptFile => file(`blobs/${digestOf(text).replace(':', '/')}`, text);

test('finds in an archive what an export has put there', async () => {
  const bed = await archiveBed({ gitSha: 'abc' });
  const { record, services, images } = await inspect(await exported(bed));

  expect(record).toMatchObject({ id: bed.build.id, gitSha: 'abc', manifest: bed.build.manifest });
  expect(services.map((it) => it.name)).toEqual(['web', 'worker', 'cache']);
  expect(images.manifests.map((it) => it.digest)).toEqual([bed.digest]);
  expect(images.blobs.map((it) => it.size)).toEqual([25, 16]);
});

test('the order of the files does not matter, nor what else is there', async () => {
  const bed = await archiveBed();
  const files = await exported(bed);
  const all = [
    ...files.map((it) => ({ ...it, path: `./${it.path}` })),
    file('manifest.json', '[]'),
    file('../../etc/passwd', 'root'),
    { ...file('blobs/sha256', ''), isFile: false },
  ];
  const expected = await inspect(files);

  await fc.assert(
    fc.asyncProperty(
      fc.shuffledSubarray(all, { minLength: all.length }),
      async (shuffled: KeptFile[]) => expect(await inspect(shuffled)).toEqual(expected)
    ),
    { numRuns: 30 }
  );
});

test('an archive that lacks anything, or has anything changed, is refused', async () => {
  const bed = await archiveBed();
  const files = await exported(bed);
  const needed = files.filter((it) => !['oci-layout', 'index.json'].includes(it.path));
  const byte = fc.record({ of: fc.constantFrom(...needed.slice(1)), at: fc.nat() });

  for (const left of needed) {
    await expect(inspect(files.filter((it) => it !== left))).rejects.toMatchObject({
      name: 'InvalidRequestError',
    });
  }
  await fc.assert(
    fc.asyncProperty(byte, async ({ of, at }) => {
      const content = Buffer.from(of.content);
      content[at % content.length] = (content[at % content.length] ?? 0) ^ 1;
      const changed = files.map((it) => (it === of ? { ...it, content } : it));
      await expect(inspect(changed)).rejects.toThrow(/is not what its digest says/);
    })
  );
});

const withRecord = async (text: (bed: ArchiveBed) => string): Promise<readonly KeptFile[]> => {
  const bed = await archiveBed();
  const [, ...rest] = await exported(bed);
  return [file('build.json', text(bed)), ...rest];
};

test.each([
  ['no build.json', () => [blob('x')], 'has no build.json: it is not the export of a build'],
  ['no JSON', () => withRecord(() => '{'), 'build.json is not JSON'],
  ['no object', () => withRecord(() => '[]'), 'build.json is not a JSON object'],
  [
    'a later version',
    () => withRecord(() => '{"version": 2}'),
    'the archive is of version 2, and this rack reads 1',
  ],
  [
    'no manifest',
    () => withRecord(() => writeRecord(aRecord({ manifest: '' }))),
    'build.json has no manifest',
  ],
  [
    'a name that is no text',
    () => withRecord(() => '{"version":1,"id":7}'),
    'build.json: id is not text',
  ],
  [
    'a service that names nothing',
    () => withRecord(() => '{"version":1,"manifest":"x","services":[{"name":"web"}]}'),
    'build.json: not a service: {"name":"web"}',
  ],
  [
    'an image that is not there',
    () =>
      withRecord(() =>
        writeRecord(aRecord({ services: [{ name: 'api', digest: digestOf('none') }] }))
      ),
    `the archive does not have the image of api: ${digestOf('none')}`,
  ],
] as const)('%s is refused', async (_, files, message) => {
  await expect(inspect(await files())).rejects.toThrow(message);
});

test('a record that comes twice is refused, and a link in the place of a blob', async () => {
  const files = await exported(await archiveBed());
  const [record] = files;

  await expect(inspect([...files, record as KeptFile])).rejects.toThrow(
    'the archive has build.json twice'
  );
  const links = files.map((it) => ({ ...it, isFile: !it.path.startsWith('blobs/') }));
  await expect(inspect(links)).rejects.toThrow(/the archive has no file as blobs\/sha256\//);
});

const manifestWith = (fields: object): string =>
  JSON.stringify({
    schemaVersion: 2,
    config: { digest: digestOf('{}'), size: 2 },
    layers: [],
    ...fields,
  });

test.each([
  ['no image', '{"schemaVersion":2}', /is no image and no index of images/],
  [
    'another hash',
    manifestWith({ layers: [{ digest: 'md5:1', size: 1 }] }),
    /names something by "md5:1", not by a SHA-256/,
  ],
  ['no size', manifestWith({ layers: [{ digest: digestOf('x'), size: -1 }] }), /the size -1/],
  [
    'another size',
    manifestWith({ layers: [{ digest: digestOf('x'), size: 7 }] }),
    /has 1 bytes, and an image says 7/,
  ],
  [
    'a missing blob',
    manifestWith({ layers: [{ digest: digestOf('y'), size: 1 }] }),
    /does not have a blob that an image refers to/,
  ],
  [
    'a missing platform',
    JSON.stringify({ schemaVersion: 2, manifests: [{ digest: digestOf('z'), size: 1 }] }),
    /does not have the manifest that an image refers to/,
  ],
])('a manifest with %s is refused', async (_, manifest, message) => {
  const services = [{ name: 'web', digest: digestOf(manifest) }];
  const files = [
    file('build.json', writeRecord(aRecord({ services }))),
    blob(manifest),
    blob('{}'),
    blob('x'),
  ];

  await expect(inspect(files)).rejects.toThrow(message);
});

test('an index that is too large, or deeper than anybody makes them, is refused', async () => {
  const wrap = (inner: string): string =>
    JSON.stringify({ manifests: [{ digest: digestOf(inner), size: inner.length }] });
  const layers = [manifestWith({})];
  for (let depth = 0; depth < 3; depth += 1) layers.push(wrap(layers.at(-1) ?? ''));
  const services = [{ name: 'web', digest: digestOf(layers.at(-1) ?? '') }];
  const record = file('build.json', writeRecord(aRecord({ services })));

  await expect(inspect([record, blob('{}'), ...layers.map(blob)])).rejects.toThrow(
    /is nested too deep/
  );
  const large = file('index.json', ' '.repeat(4 * 1024 * 1024 + 1));
  await expect(inspect([record, large])).rejects.toThrow('index.json of the archive has 4194305');
});

test('a Convox archive has an archive for each service in it', async () => {
  const bed = await archiveBed();
  const files = await exported(bed);
  const image = files.filter((it) => /^(blobs|oci-layout)/.test(it.path));
  const index = file(
    'index.json',
    JSON.stringify({ schemaVersion: 2, manifests: [{ digest: bed.digest, size: 1 }] })
  );
  const record = {
    id: 'BCONVOX',
    app: 'shop',
    description: 'from convox',
    manifest: bed.build.manifest,
    status: 'complete',
    logs: 'object://shop/x',
  };
  const inside = (service: string) =>
    [...image, index].map((it) => ({ ...it, path: `${service}.BCONVOX.tar/${it.path}` }));

  const { services, record: read } = await inspect([
    file('build.json', JSON.stringify(record)),
    ...inside('web'),
    ...inside('worker'),
  ]);

  expect(read).toMatchObject({ id: 'BCONVOX', description: 'from convox' });
  expect(services).toEqual([
    { name: 'web', digest: bed.digest },
    { name: 'worker', digest: bed.digest },
  ]);
  await expect(inspect([file('build.json', JSON.stringify(record))])).rejects.toThrow(
    'the archive has no images'
  );
});
