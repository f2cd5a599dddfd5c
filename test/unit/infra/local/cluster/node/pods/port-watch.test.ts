import { expect, test } from '@jest/globals';
import { findIgnoredPort } from '#infra/local/cluster/node/pods/port-watch.ts';

const watch = (
  looks: readonly (readonly number[] | undefined)[]
): Promise<readonly number[] | undefined> => {
  let look = 0;
  return findIgnoredPort({
    group: 1,
    expected: [21_000],
    clock: { now: () => 0, sleep: () => Promise.resolve() },
    signal: new AbortController().signal,
    ports: () => looks[Math.min(look++, looks.length - 1)],
  });
};

test('finds a port that stays while the given one does not come', async () => {
  expect(await watch([[], [8080], [8080]])).toEqual([8080]);
});

test('waits for a slow start', async () => {
  expect(await watch([[], [9229], [9229, 21_000]])).toBeUndefined();
});

test.each([[[[21_000]]], [[[8080, 21_000]]], [[[]]], [[undefined]]])(
  'has nothing to say about %j',
  async (looks) => {
    expect(await watch(looks)).toBeUndefined();
  }
);
