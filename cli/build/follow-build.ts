import { type Build, getBuild, listBuildEvents } from '#contracts/builds.ts';
import type { Event } from '#contracts/events.ts';
import type { Context } from '../context.ts';
import { InterruptedError } from '../errors.ts';
import { followEvents } from '../events/follow-events.ts';
import { retrying } from '../events/retrying.ts';

interface Followed {
  readonly id: string;
  readonly onEvent: (event: Event) => void;
  /** What to do about a build that goes on without us. */
  readonly hint: string;
}

/** Stays with a build until it has ended, however it went. */
export const followBuild = async (
  context: Context,
  { id, onEvent, hint }: Followed
): Promise<Build> => {
  const { call, app } = context;
  const page = (after: number, wait: number) =>
    call(listBuildEvents, { app: app(), id, after, wait });
  try {
    for await (const events of followEvents(context, page)) events.forEach(onEvent);
  } catch (error) {
    if (!(error instanceof InterruptedError)) throw error;
    throw new InterruptedError('Detached: the build goes on', { hint });
  }
  return retrying(context, () => call(getBuild, { app: app(), id }));
};
