import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { BuildStory } from '#core/builds/build-story.ts';
import { buildBed } from './build-bed.ts';

const story = { app: 'shop', id: 'BAAAAAAAAAA' };
const at = (count: number) => new Map([['pod/build', { at: 5n, count, restarts: 0 }]]);

test('numbers its lines without holes and remembers how far logs were read', async () => {
  const { deps, events } = buildBed();
  const first = await BuildStory.open(deps, story);
  await first.say('source', 'Building: .');
  await first.addLog([{ text: 'one' }, { text: 'two' }], at(2));

  const second = await BuildStory.open(deps, story);
  await second.addLog([{ text: 'three' }], at(3));

  expect(events().map((it) => [it.sequence, it.text])).toEqual([
    [1, 'Building: .'],
    [2, 'one'],
    [3, 'two'],
    [4, 'three'],
  ]);
  expect(second.positions).toEqual(at(3));
  expect(await second.text()).toBe('Building: .\none\ntwo\nthree\n');
});

test('says a step once, however often it is repeated', async () => {
  const { deps, lines } = buildBed();
  await (await BuildStory.open(deps, story)).say('source', 'a', 'b');
  await (await BuildStory.open(deps, story)).say('source', 'a', 'b');

  expect(lines()).toEqual(['a', 'b']);
});

test('cuts lines that no record could hold', async () => {
  const { deps, lines } = buildBed();
  await (await BuildStory.open(deps, story)).say('x', 'y'.repeat(500_000));

  expect(lines()[0]).toHaveLength(10_001);
});

test('loses and doubles nothing when it is killed between any two writes', async () => {
  const lines = Array.from({ length: 12 }, (_, index) => `${index}`);
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(6), { maxLength: 8 }), async (kills) => {
      const bed = buildBed();
      const killed = { in: Number.POSITIVE_INFINITY };
      const dying =
        <Args extends unknown[], T>(write: (...args: Args) => Promise<T>) =>
        async (...args: Args): Promise<T> => {
          killed.in -= 1;
          if (killed.in < 0) throw new Error('killed');
          return write(...args);
        };
      const deps = {
        ...bed.deps,
        documents: { ...bed.deps.documents, write: dying(bed.deps.documents.write) },
        stories: { ...bed.deps.stories, append: dying(bed.deps.stories.append) },
      };
      const work = async () => {
        const open = await BuildStory.open(deps, story);
        for (let next = open.positions.get('pod/build')?.count ?? 0; next < 12; next += 3) {
          const texts = lines.slice(next, next + 3).map((text) => ({ text }));
          await open.addLog(texts, at(next + 3));
        }
      };
      for (const kill of [...kills, Number.POSITIVE_INFINITY]) {
        killed.in = kill;
        await work().catch(() => undefined);
      }
      expect(bed.lines()).toEqual(lines);
    })
  );
});
