import type { App } from '../apps/app.ts';
import { sequenceOf } from '../identifiers.ts';
import type { Promotion } from './promotion.ts';

/** The fields of a waiting promotion that change when it runs, or ends without having run. */
export interface Turn {
  readonly status: 'running' | 'Refused';
  readonly previous?: string;
  readonly started?: string;
  readonly reason?: string;
  readonly cause?: string;
  readonly ended?: string;
}

/** Whether a promotion takes the place of the one that waits: a newer release does, then a later one. */
export const isNewer = (one: Place, other: Place): boolean => {
  const distance = sequenceOf(one.release) - sequenceOf(other.release);
  return distance === 0 ? one.id > other.id : distance > 0;
};

type Place = Pick<Promotion, 'id' | 'release'>;

/**
 * What becomes of the waiting promotion when the running one has ended, at `now` (RFC 3339): it runs,
 * and a rollback of it goes to what is active at this moment, unless the app does not take it any more.
 */
export const takeTurn = (
  { release }: Pick<Promotion, 'release'>,
  app: Pick<App, 'active' | 'deleting' | 'locked'>,
  now: string
): Turn => {
  const { active = '', deleting, locked } = app;
  if (deleting) return unrun({ reason: 'AppDeleted', cause: 'the app is being deleted' }, now);
  if (locked) return unrun({ reason: 'AppLocked', cause: 'the app was locked meanwhile' }, now);
  if (active && sequenceOf(release) < sequenceOf(active)) {
    const cause = `release ${active} is newer, and became active meanwhile`;
    return unrun({ reason: 'OlderRelease', cause }, now);
  }
  return { status: 'running', previous: active, started: now };
};

/** The end of a waiting promotion whose place another one takes. */
export const replacedBy = ({ id, release }: Place, now: string): Turn =>
  unrun({ reason: 'Replaced', cause: `replaced by promotion ${id} of release ${release}` }, now);

/** The end of a waiting promotion that somebody took back. */
export const takenBack = (now: string): Turn =>
  unrun({ reason: 'Cancelled', cause: 'cancelled while it waited its turn' }, now);

const unrun = (why: { readonly reason: string; readonly cause: string }, now: string): Turn => ({
  status: 'Refused',
  ...why,
  ended: now,
});
