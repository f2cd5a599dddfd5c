import type { Event } from '#contracts/events.ts';
import { getPromotion, listPromotionEvents, type Promotion } from '#contracts/promotions.ts';
import type { Context } from '../context.ts';
import { followEvents } from '../events/follow-events.ts';
import { retrying } from '../events/retrying.ts';
import { timestamp } from '../ui/time.ts';
import { promotionFailure } from './promotion-failure.ts';
import { waitingLine } from './rollout-lines.ts';
import { openRolloutView } from './rollout-view.ts';
import { attachCommand, withWayBack } from './way-back.ts';

/** Shows the events of a promotion from the one after `after` to the last, and then how it ended. */
export const followPromotion = async (
  context: Context,
  promotion: Promotion,
  after = 0
): Promise<void> => {
  const { call, out, app } = context;
  const { id, release } = promotion;
  if (promotion.status === 'queued') out.print(waitingLine(promotion));
  const view = openRolloutView(context, id);
  let last = after;
  let ended: Promotion | undefined;
  const page = async (cursor: number, wait: number) => {
    const answer = await call(listPromotionEvents, { app: app(), id, after: cursor, wait });
    ended = answer.promotion;
    return answer;
  };
  try {
    for await (const events of followEvents(context, page, after)) {
      for (const event of events) out.record({ type: 'event', ...event });
      view.print(events.map(line));
      last = events.at(-1)?.sequence ?? last;
    }
    view.close();
    // A rack of an earlier version does not say it.
    settle(
      context,
      ended ?? (await retrying(context, () => call(getPromotion, { app: app(), id })))
    );
  } catch (error) {
    view.close();
    throw withWayBack(error, `${attachCommand(release, app())}${resume(last)}`);
  }
};

const line = ({ at, text }: Event): string => `${timestamp(at)} ${text}`;

const settle = ({ app, out }: Context, promotion: Promotion): void => {
  out.result({ promotion }, promotion.status === 'Promoted' ? 'OK' : undefined);
  if (promotion.status !== 'Promoted') throw promotionFailure(promotion, app());
};

const resume = (last: number): string => (last > 0 ? ` --after ${last}` : '');
