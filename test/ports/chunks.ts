import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { expect, test } from '@jest/globals';
import type { Chunks } from '#core/objects/ports.ts';
import { freshName } from '#test/samples.ts';

interface ChunkStore {
  readonly chunks: Chunks;
  /** Stores bytes under a chunk's name, whatever they are. */
  put(app: string, id: string, stored: Uint8Array): unknown;
}

const content = Buffer.from('a piece of a source '.repeat(1000));
const id = createHash('sha256').update(content).digest('hex');

/** What every implementation of `Chunks` does. */
export const chunksBehaveLike = (name: string, create: () => ChunkStore): void => {
  test(`${name}: knows what it has, of one app`, async () => {
    const [{ chunks, put }, app] = [create(), freshName()];
    await put(app, id, gzipSync(content));

    expect([...(await chunks.retain(app, [id, '0'.repeat(64)], 0))]).toEqual([id]);
    expect([...(await chunks.retain(freshName(), [id], 0))]).toEqual([]);
    expect(await chunks.read(freshName(), id)).toBeUndefined();
  });

  test(`${name}: keeps a chunk that is sound`, async () => {
    const [{ chunks, put }, app] = [create(), freshName()];
    await put(app, id, gzipSync(content));

    expect(await chunks.removeDamaged(app, id)).toBe(false);

    expect(await chunks.read(app, id)).toBeDefined();
  });

  test.each([
    ['another', gzipSync('something else')],
    ['cut off', gzipSync(content).subarray(0, 40)],
    ['not compressed', content],
    ['empty', Buffer.alloc(0)],
    ['beyond measure when it is unpacked', gzipSync(Buffer.alloc(17 * 1024 * 1024))],
  ])(`${name}: takes a chunk away that is %s`, async (_what, stored) => {
    const [{ chunks, put }, app] = [create(), freshName()];
    await put(app, id, stored);

    expect(await chunks.removeDamaged(app, id)).toBe(true);

    expect([...(await chunks.retain(app, [id], 0))]).toEqual([]);
    expect(await chunks.removeDamaged(app, id)).toBe(true);
  });
};
