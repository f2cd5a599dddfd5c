import type { Action } from '../../command.ts';
import type { Context } from '../../context.ts';
import { parseCount } from '../../parse-count.ts';
import { followPromotion } from '../../promotion/follow-promotion.ts';
import { latestPromotion } from '../../promotion/latest-promotion.ts';
import { ago } from '../../ui/time.ts';

export const attach: Action = async (context, { args: [release = ''], options }) => {
  const after = parseCount('--after', options.after) ?? 0;
  const promotion = await latestPromotion(context, release);
  context.out.print(standing(context, promotion));
  context.out.record({ type: 'promotion', promotion });
  await followPromotion(context, promotion, after);
};

const standing = (
  { host }: Context,
  { id, release, status, started }: Awaited<ReturnType<typeof latestPromotion>>
): string => {
  const since = started ? `, started ${ago(started, host.clock.now())}` : '';
  return `Promotion ${id} of ${release}: ${status}${since}`;
};
