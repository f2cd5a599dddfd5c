import { recoverPromotions } from '#core/promotions/recover-promotions.ts';
import { dependencies } from '../runtime/dependencies/events.ts';
import { logger } from '../runtime/logger.ts';

const recover = recoverPromotions(dependencies);

/** Runs every few minutes and whenever an execution ends badly: nothing stays orphaned. */
export const handler = async () => {
  const result = await recover();
  if (result.recovered.length > 0) logger.warn('recovered promotions', result);
  return result;
};
