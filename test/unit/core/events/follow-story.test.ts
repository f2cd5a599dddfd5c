import { expect, test } from '@jest/globals';
import { followStory } from '#core/events/follow-story.ts';
import { readStory } from '#core/events/read-story.ts';
import { apiBed } from '../api-bed.ts';

const line = (sequence: number) => ({
  sequence,
  at: '2026-03-18T14:30:00.000Z',
  text: `line ${sequence}`,
  kind: 'log' as const,
});
const story = { app: 'shop', id: 'PAAAAAAAAAA' };

const begin = () => {
  const bed = apiBed();
  const state = { ended: false };
  const follow = (after: number, wait: number) =>
    followStory(bed, { ...story, after, wait, hasEnded: async () => state.ended });
  return { bed, state, follow };
};

test('events that are there come at once', async () => {
  const { bed, follow } = begin();
  await bed.stories.append(story, [line(1), line(2)]);
  const before = bed.clock();

  expect(await follow(1, 20)).toEqual({ events: [line(2)], done: false });
  expect(bed.clock()).toBe(before);
});

test('an answer waits for the next event, and no longer', async () => {
  const { bed, follow } = begin();
  const start = bed.clock();
  const { sleep } = bed;
  bed.sleep = async (milliseconds) => {
    await sleep(milliseconds);
    if (bed.clock() - start >= 1000) await bed.stories.append(story, [line(1)]);
  };

  expect(await follow(0, 20)).toEqual({ events: [line(1)], done: false });
  expect(bed.clock() - start).toBe(1000);
});

test('an answer is empty when the time is up', async () => {
  const { bed, follow } = begin();
  const start = bed.clock();

  expect(await follow(0, 5)).toEqual({ events: [], done: false });
  expect(bed.clock() - start).toBe(5000);
});

test('the end is told with the last events', async () => {
  const { bed, state, follow } = begin();
  await bed.stories.append(story, [line(1)]);
  state.ended = true;

  expect(await follow(0, 20)).toEqual({ events: [line(1)], done: true });
});

test('a part of a story that has ended is not its end', async () => {
  const { bed, state, follow } = begin();
  await bed.stories.append(story, [line(1), line(2)]);
  const { read } = bed.stories;
  bed.stories.read = async (key, after) => (await read.call(bed.stories, key, after)).slice(0, 1);
  state.ended = true;

  expect(await follow(0, 20)).toEqual({ events: [line(1)], done: false });
  expect(await follow(1, 20)).toEqual({ events: [line(2)], done: true });
});

test('an event that is written between the two looks is not lost', async () => {
  const { bed } = begin();
  const hasEnded = async () => {
    await bed.stories.append(story, [line(1)]);
    return true;
  };

  expect(await followStory(bed, { ...story, after: 0, wait: 0, hasEnded })).toEqual({
    events: [line(1)],
    done: true,
  });
});

test('a whole story is read part by part', async () => {
  const { bed } = begin();
  await bed.stories.append(story, [line(1), line(2), line(3)]);
  const { read } = bed.stories;
  bed.stories.read = async (key, after) => (await read.call(bed.stories, key, after)).slice(0, 2);

  expect(await readStory(bed.stories, story)).toEqual([line(1), line(2), line(3)]);
});
