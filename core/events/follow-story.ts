import type { Clock } from '../clock.ts';
import type { StoryEvent, StoryKey } from './event.ts';
import type { Stories } from './ports.ts';

export interface FollowDependencies {
  readonly stories: Stories;
  readonly clock: Clock;
  readonly sleep: (milliseconds: number) => Promise<void>;
}

export interface FollowRequest extends StoryKey {
  /** Of the last event the reader has seen. */
  readonly after: number;
  /** Seconds to hold the answer until there is something new. */
  readonly wait: number;
  /** Asked before each read: true means that no event comes any more. */
  readonly hasEnded: () => Promise<boolean>;
}

interface Page {
  readonly events: StoryEvent[];
  /** The story has ended, and these are its last events. */
  readonly done: boolean;
}

/** A reader sees a line at most this long after it was written. */
const interval = 100;

/** A long poll: answers at once when there are events, at the end, or when the time is up. */
export const followStory = async (
  deps: FollowDependencies,
  request: FollowRequest
): Promise<Page> => {
  const until = deps.clock() + request.wait * 1000;
  for (;;) {
    const page = await readPage(deps.stories, request);
    if (page.events.length > 0 || page.done || deps.clock() >= until) return page;
    await deps.sleep(interval);
  }
};

const readPage = async (stories: Stories, request: FollowRequest): Promise<Page> => {
  // In this order: an end that is seen first means that the reads below find every event.
  const ended = await request.hasEnded();
  const events = [...(await stories.read(request, request.after))];
  return { events, done: ended && (await isLast(stories, request, events)) };
};

/** A read gives a part of a long story; its end is where nothing follows. */
const isLast = async (
  stories: Stories,
  story: StoryKey,
  events: readonly StoryEvent[]
): Promise<boolean> => {
  const last = events.at(-1);
  return !last || (await stories.read(story, last.sequence)).length === 0;
};
