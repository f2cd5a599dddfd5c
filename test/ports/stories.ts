import { expect, test } from '@jest/globals';
import type { Stories } from '#core/events/ports.ts';
import { anEvent, freshName } from '#test/samples.ts';

const id = 'BAAAAABAAAA';

/** What every implementation of `Stories` does. */
export const storiesBehaveLike = (name: string, create: () => Stories): void => {
  test(`${name}: reads on from where a reader stands`, async () => {
    const [stories, app] = [create(), freshName()];
    const events = [anEvent(1), anEvent(2), anEvent(3, { kind: 'log' })];

    await stories.append({ app, id }, events);

    expect(await stories.read({ app, id }, 0)).toEqual(events);
    expect(await stories.read({ app, id }, 2)).toEqual([events[2]]);
    expect(await stories.read({ app, id }, 3)).toEqual([]);
    expect(await stories.read({ app, id: 'BAAAAACAAAA' }, 0)).toEqual([]);
  });

  test(`${name}: stops at the first hole until it is filled`, async () => {
    const [stories, app] = [create(), freshName()];
    await stories.append({ app, id }, [anEvent(1), anEvent(3), anEvent(11)]);

    expect(await stories.read({ app, id }, 0)).toEqual([anEvent(1)]);
    expect(await stories.read({ app, id }, 1)).toEqual([]);
    await stories.append({ app, id }, [anEvent(2)]);

    expect(await stories.read({ app, id }, 0)).toEqual([anEvent(1), anEvent(2), anEvent(3)]);
  });

  test(`${name}: keeps the first of two lines with one sequence`, async () => {
    const [stories, app] = [create(), freshName()];

    await stories.append({ app, id }, [anEvent(1)]);
    await stories.append({ app, id }, [anEvent(1, { text: 'again' }), anEvent(2)]);

    expect(await stories.read({ app, id }, 0)).toEqual([anEvent(1), anEvent(2)]);
  });

  test(`${name}: has nothing after a sequence beyond all others`, async () => {
    const [stories, app] = [create(), freshName()];
    await stories.append({ app, id }, [anEvent(1)]);

    for (const after of [99_999_998, 99_999_999, Number.MAX_SAFE_INTEGER]) {
      expect(await stories.read({ app, id }, after)).toEqual([]);
    }
  });

  test(`${name}: gives a long story in parts without a gap`, async () => {
    const [stories, app] = [create(), freshName()];
    const events = Array.from({ length: 620 }, (_, at) => anEvent(at + 1));
    await stories.append({ app, id }, events);

    const read: number[] = [];
    for (let page = await stories.read({ app, id }, 0); page.length > 0; ) {
      read.push(...page.map((it) => it.sequence));
      page = await stories.read({ app, id }, read.length);
    }

    expect(read).toEqual(events.map((it) => it.sequence));
  });
};
