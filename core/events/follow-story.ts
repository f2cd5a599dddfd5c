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

/** A reader sees a line at most this long after it was written. */
const interval = 200;

/** A long poll: answers at once when there are events, at the end, or when the time is up. */
export const followStory = async (
  deps: FollowDependencies,
  request: FollowRequest
): Promise<{ events: readonly StoryEvent[]; done: boolean }> => {
  const until = deps.clock() + request.wait * 1000;
  for (;;) {
    // In this order: an end that is seen first means that the read below finds every event.
    const ended = await request.hasEnded();
    const events = await deps.stories.read(request, request.after);
    if (events.length > 0 || ended) return { events, done: ended && events.length === 0 };
    if (deps.clock() >= until) return { events, done: false };
    await deps.sleep(interval);
  }
};
