import * as z from 'zod';
import { expireApps } from '#core/retention/expire-apps.ts';
import { dependencies } from '../runtime/dependencies/expiry.ts';
import { logger } from '../runtime/logger.ts';

const expire = expireApps(dependencies);

/** Of whoever calls it by hand; the schedule names no app. */
const Only = z.object({ app: z.string().optional() });

/** Runs once a day: gives up old releases, and clears away what nobody refers to any more. */
export const handler = async (event: unknown = {}) => {
  const { apps, gone, left } = await expire(Only.parse(event));
  if (apps.length + gone.length > 0) logger.info('expired', { apps, gone });
  if (left.length > 0) logger.warn('left over', { left });
  return { apps, gone, left };
};
