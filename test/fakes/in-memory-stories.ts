import type { StoryEvent, StoryKey } from '#core/events/event.ts';
import type { Stories } from '#core/events/ports.ts';
import type { AppRecords, InMemoryRecords } from './in-memory-records.ts';

export class InMemoryStories implements Stories {
  readonly #records: InMemoryRecords;

  constructor(records: InMemoryRecords) {
    this.#records = records;
  }

  async read({ app, id }: StoryKey, after: number): Promise<readonly StoryEvent[]> {
    const story = this.#records.of(app).stories.get(id);
    const events: StoryEvent[] = [];
    for (let at = after + 1; ; at++) {
      const event = story?.get(at);
      if (!event) return events;
      events.push(event);
    }
  }

  async append({ app, id }: StoryKey, events: readonly StoryEvent[]): Promise<void> {
    addEvents(this.#records.of(app), id, events);
  }
}

/** What is there already stays as it is. */
export const addEvents = (records: AppRecords, id: string, events: readonly StoryEvent[]): void => {
  const story = records.stories.get(id) ?? new Map<number, StoryEvent>();
  records.stories.set(id, story);
  for (const event of events) if (!story.has(event.sequence)) story.set(event.sequence, event);
};
