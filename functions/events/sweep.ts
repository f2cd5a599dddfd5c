import * as z from 'zod';
import { failAbandonedBuilds } from '#core/builds/fail-abandoned-builds.ts';
import { recoverPromotions } from '#core/promotions/recover-promotions.ts';
import { dependencies } from '../runtime/dependencies/events.ts';
import { logger } from '../runtime/logger.ts';

const recover = recoverPromotions(dependencies);
const failAbandoned = failAbandonedBuilds(dependencies);

/** A promotion whose execution came to its own end. */
const Ended = z.object({
  detail: z.object({
    status: z.literal('SUCCEEDED'),
    input: z
      .string()
      .transform((text) => JSON.parse(text))
      .pipe(z.object({ app: z.string() })),
  }),
});

/**
 * Runs every few minutes and whenever an execution ends: nothing stays orphaned, and what waited its
 * turn starts. After an execution that ended well there is only the next promotion of that app to start.
 */
export const handler = async (event: unknown = {}) => {
  const ended = Ended.safeParse(event);
  if (ended.success) {
    const { recovered } = await recover({ app: ended.data.detail.input.app });
    return { recovered, failed: [] };
  }
  const [{ failed }, { recovered }] = await Promise.all([failAbandoned(), recover()]);
  if (recovered.length + failed.length > 0) logger.warn('swept', { recovered, failed });
  return { recovered, failed };
};
