import type { Event, EventPage } from '#contracts/events.ts';
import type { Context } from '../context.ts';
import { retrying } from './retrying.ts';

/** Seconds that the rack keeps an answer open for a new event. */
const patience = 20;
/** Milliseconds between two questions when the rack answers at once although there is nothing new. */
const pause = 1000;

type Page = (after: number, wait: number) => Promise<EventPage>;

/** The events after a sequence, in order and each once, until the story has ended. */
export async function* followEvents(
  context: Context,
  page: Page,
  after = 0
): AsyncGenerator<readonly Event[]> {
  let cursor = after;
  for (let ended = false; !ended; ) {
    const { events, done } = await ask(context, () => page(cursor, patience));
    const fresh = events.filter(({ sequence }) => sequence > cursor);
    cursor = fresh.at(-1)?.sequence ?? cursor;
    ended = done;
    if (fresh.length > 0) yield fresh;
  }
}

/** An answer without events that comes at once must not turn the long poll into a busy loop. */
const ask = async (context: Context, page: () => Promise<EventPage>): Promise<EventPage> => {
  const { clock } = context.host;
  const asked = clock.now().getTime();
  const answer = await retrying(context, page);
  const idle = !answer.done && answer.events.length === 0;
  if (idle && clock.now().getTime() - asked < pause) await clock.sleep(pause);
  return answer;
};
