import { createCipheriv } from 'node:crypto';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { chunksOf, sha256 } from '#cli/source/chunks.ts';
import { cutPoint, maximumChunk } from '#cli/source/cut-point.ts';

const minimum = 1024 * 1024;

/** Long content that does not repeat and is the same for the same seed. */
const content = (seed: number, length: number): Buffer => {
  const key = Buffer.alloc(16);
  key.writeUInt32LE(seed);
  return createCipheriv('aes-128-ctr', key, Buffer.alloc(16)).update(Buffer.alloc(length));
};

const archive = (bytes: Buffer) => ({
  size: bytes.length,
  read: (position: number, target: Buffer): void => {
    bytes.copy(target, 0, position, position + target.length);
  },
});

const cut = (bytes: Buffer) => chunksOf(archive(bytes));

const some = fc
  .record({ seed: fc.nat(0xffff_ffff), length: fc.integer({ min: 1, max: 16_000_000 }) })
  .map(({ seed, length }) => content(seed, length));

test('chunks stand one after the other, have the hash of their bytes, and are never too large', async () => {
  await fc.assert(
    fc.asyncProperty(some, async (bytes) => {
      let end = 0;
      for (const { start, size, sha256: hash } of await cut(bytes)) {
        expect(start).toBe(end);
        end += size;
        expect(hash).toBe(sha256(bytes.subarray(start, end)));
        expect(size).toBeLessThanOrEqual(maximumChunk);
        expect(end === bytes.length || size >= minimum).toBe(true);
      }
      expect(end).toBe(bytes.length);
    }),
    { numRuns: 3 }
  );
});

const changes = {
  replaced: (bytes: Buffer, at: number) =>
    Buffer.concat([bytes.subarray(0, at), Buffer.from('!'), bytes.subarray(at + 1)]),
  inserted: (bytes: Buffer, at: number) =>
    Buffer.concat([bytes.subarray(0, at), Buffer.from('!'), bytes.subarray(at)]),
  removed: (bytes: Buffer, at: number) =>
    Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1)]),
} as const;

test.each(Object.entries(changes))(
  'one byte %s leaves most chunks as they were',
  async (_what, change) => {
    const bytes = content(7, 24_000_000);
    const before = new Set((await cut(bytes)).map((it) => it.sha256));

    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length - 1), async (at) => {
        const after = await cut(change(bytes, at));
        return after.filter((it) => !before.has(it.sha256)).length <= 3;
      }),
      { numRuns: 3 }
    );
    expect(before.size).toBeGreaterThan(4);
  }
);

test('a cut depends on nothing behind it', () => {
  const bytes = content(3, 2 * maximumChunk);
  const size = cutPoint(bytes.subarray(0, maximumChunk));

  expect(size).toBeLessThan(maximumChunk);
  expect(cutPoint(Buffer.concat([bytes.subarray(0, size), content(4, maximumChunk)]))).toBe(size);
});

test('chunks of content that does not repeat have about 4 MB', async () => {
  const bytes = content(5, 80_000_000);
  const { length } = await cut(bytes);

  expect(bytes.length / length).toBeGreaterThan(3_000_000);
  expect(bytes.length / length).toBeLessThan(5_500_000);
});

test('content that repeats for ever is cut all the same', async () => {
  const chunks = await cut(Buffer.alloc(10_000_000));

  expect(new Set(chunks.slice(0, -1).map((it) => it.size)).size).toBe(1);
  expect(new Set(chunks.map((it) => it.sha256)).size).toBeLessThanOrEqual(2);
});
