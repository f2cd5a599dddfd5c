import type { StoryEvent, StoryKey } from './event.ts';

export interface Stories {
  /** Events after a sequence, in order, up to the first hole. */
  read(story: StoryKey, after: number): Promise<readonly StoryEvent[]>;
  /**
   * Appends events that carry their sequence already. Writing the same sequence again changes
   * nothing, so a task that runs twice doubles no line.
   */
  append(story: StoryKey, events: readonly StoryEvent[]): Promise<void>;
}
