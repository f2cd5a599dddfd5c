import { listPromotions, type Promotion } from '#contracts/promotions.ts';
import type { Context } from '../context.ts';
import { CliError } from '../errors.ts';

/** The latest attempt to make this release active. */
export const latestPromotion = async (
  { call, app }: Context,
  release: string
): Promise<Promotion> => {
  const [promotion] = await call(listPromotions, { app: app(), release, limit: 1 });
  if (promotion) return promotion;
  throw new CliError('NeverPromoted', `release was never promoted: ${release}`, {
    hint: `promote it with \`rackless releases promote ${release} --app ${app()}\``,
  });
};
