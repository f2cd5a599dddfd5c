import { failAbandonedBuilds } from '#core/builds/fail-abandoned-builds.ts';
import { recoverPromotions } from '#core/promotions/recover-promotions.ts';
import { dependencies } from '../runtime/dependencies/events.ts';
import { logger } from '../runtime/logger.ts';

const recover = recoverPromotions(dependencies);
const failAbandoned = failAbandonedBuilds(dependencies);

/** Runs every few minutes and whenever an execution ends badly: nothing stays orphaned. */
export const handler = async () => {
  const [{ failed }, { recovered }] = await Promise.all([failAbandoned(), recover()]);
  if (recovered.length + failed.length > 0) logger.warn('swept', { recovered, failed });
  return { recovered, failed };
};
