import { createHash } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { archiveKeyOf } from '#core/archives/archive-key.ts';
import { createChunkUploads } from '#core/objects/create-chunk-uploads.ts';
import { keyOf } from '#core/objects/object-key.ts';
import { readSourceList } from '#core/objects/source-list.ts';
import { storeSource } from '#core/objects/store-source.ts';
import { InMemoryChunks } from '#test/fakes/in-memory-chunks.ts';
import { bedWithShop } from '../api-bed.ts';

const [one, two] = ['1'.repeat(64), '2'.repeat(64)];
const purpose = 'build';
const chunks = [
  { sha256: one, size: 5 },
  { sha256: two, size: 7 },
  { sha256: one, size: 5 },
];
const day = 24 * 60 * 60 * 1000;

test('a source is kept once all of its chunks are here, and not before', async () => {
  const bed = await bedWithShop();
  bed.chunks.put('shop', one, Buffer.from('gz'));
  bed.chunks.put('blog', two, Buffer.from('gz'));
  const first = await storeSource(bed)({ app: 'shop', chunks, purpose });
  const early = await bed.objects.readText('shop', keyOf('shop', first.object) ?? '');

  bed.chunks.put('shop', two, Buffer.from('gz'));
  const second = await storeSource(bed)({ app: 'shop', chunks, purpose });

  expect(first.missing).toEqual([two]);
  expect(early).toBeUndefined();
  expect(second).toEqual({ object: first.object, missing: [] });
  const text = (await bed.objects.readText('shop', keyOf('shop', second.object) ?? '')) ?? '';
  expect(readSourceList(text)).toEqual({ v: 1, chunks });
  expect(second.object).toBe(
    `object://shop/sources/${createHash('sha256').update(text).digest('hex')}`
  );
});

test('a chunk that is older than half of its life gets all of it again', async () => {
  const bed = await bedWithShop();
  let now = bed.clock();
  const aged = new InMemoryChunks(() => now);
  const store = storeSource({ ...bed, chunks: aged, clock: () => now });
  aged.put('shop', one, Buffer.from('gz'));
  aged.put('shop', two, Buffer.from('gz'));

  now += 14 * day;
  await store({ app: 'shop', chunks: [{ sha256: one, size: 5 }], purpose });
  const young = aged.writtenAt('shop', one);
  now += 2 * day;
  await store({ app: 'shop', chunks: [{ sha256: one, size: 5 }], purpose });

  expect(young).toBe(bed.clock());
  expect(aged.writtenAt('shop', one)).toBe(now);
  expect(aged.writtenAt('shop', two)).toBe(bed.clock());
});

test('a source beyond 8 GB is refused', async () => {
  const bed = await bedWithShop();
  const huge = Array.from({ length: 600 }, () => ({ sha256: one, size: 16 * 1024 * 1024 }));

  await expect(storeSource(bed)({ app: 'shop', chunks: huge, purpose })).rejects.toThrow(
    'the source has 10066329600 bytes; 8589934592 is the limit'
  );
});

test('each chunk gets an address for its compressed bytes alone', async () => {
  const bed = await bedWithShop();
  const packed = { sha256: '3'.repeat(64), size: 3 };

  const { uploads } = await createChunkUploads(bed)({
    app: 'shop',
    chunks: [{ sha256: one, packed }],
    purpose,
  });

  expect(uploads).toEqual([
    {
      sha256: one,
      url: expect.stringContaining(one),
      headers: {
        'x-amz-checksum-sha256': Buffer.from(packed.sha256, 'hex').toString('base64'),
        'content-length': '3',
      },
    },
  ]);
});

test('an archive to import stands apart from sources, where it expires after a day', async () => {
  const bed = await bedWithShop();
  let now = bed.clock();
  const archiveChunks = new InMemoryChunks(() => now);
  const store = storeSource({ ...bed, archiveChunks, clock: () => now });
  const archive = { app: 'shop', chunks, purpose: 'import' } as const;
  for (const id of [one, two]) bed.chunks.put('shop', id, Buffer.from('gz'));

  const first = await store(archive);
  for (const id of [one, two]) archiveChunks.put('shop', id, Buffer.from('gz'));
  now += 13 * 3_600_000;
  const second = await store(archive);

  expect(first.missing).toEqual([one, two]);
  expect(second).toEqual({
    object: expect.stringMatching(/^object:\/\/shop\/imports\/[0-9a-f]{64}$/),
    missing: [],
  });
  const key = archiveKeyOf('shop', second.object) ?? '';
  expect(readSourceList((await bed.transfers.readText('shop', key)) ?? '').chunks).toEqual(chunks);
  expect(archiveChunks.writtenAt('shop', one)).toBe(now);
});

test('an archive may have 20 GB, and no more', async () => {
  const bed = await bedWithShop();
  const pieces = (gigabytes: number) =>
    Array.from({ length: gigabytes * 64 }, () => ({ sha256: one, size: 16 * 1024 * 1024 }));
  const store = (gigabytes: number) =>
    storeSource(bed)({ app: 'shop', chunks: pieces(gigabytes), purpose: 'import' });

  expect((await store(20)).missing).toEqual([one]);
  await expect(store(21)).rejects.toThrow(
    'the archive has 22548578304 bytes; 22011707392 is the limit'
  );
});

test('an unknown app is named', async () => {
  const bed = await bedWithShop();

  await expect(storeSource(bed)({ app: 'nope', chunks, purpose })).rejects.toThrow(
    'app not found: nope'
  );
  await expect(createChunkUploads(bed)({ app: 'nope', chunks: [], purpose })).rejects.toThrow(
    'app not found: nope'
  );
});
