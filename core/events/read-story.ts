import type { StoryEvent, StoryKey } from './event.ts';
import type { Stories } from './ports.ts';

/** All events there are by now. */
export const readStory = async (
  stories: Pick<Stories, 'read'>,
  story: StoryKey
): Promise<readonly StoryEvent[]> => {
  const all: StoryEvent[] = [];
  for (;;) {
    const events = await stories.read(story, all.length);
    if (events.length === 0) return all;
    all.push(...events);
  }
};
