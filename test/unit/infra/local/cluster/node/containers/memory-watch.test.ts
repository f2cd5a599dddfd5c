import { expect, test } from '@jest/globals';
import { MemoryWatch } from '#infra/local/cluster/node/containers/memory-watch.ts';

test('tells once of a group above its limit', () => {
  const memory = new Map([
    [1, 50],
    [2, 500],
  ]);
  const watch = new MemoryWatch(() => memory);
  const told: number[] = [];
  const stop = watch.watch(1, 100, () => told.push(1));
  watch.watch(2, 100, () => told.push(2));

  watch.check();
  watch.check();
  stop();
  memory.set(1, 500);
  watch.check();

  expect(told).toEqual([2]);
});
