import { expireApps } from '#core/retention/expire-apps.ts';
import { dependencies } from '../runtime/dependencies/expiry.ts';
import { logger } from '../runtime/logger.ts';

const expire = expireApps(dependencies);

/** Runs once a day: gives up old releases, and clears away what nobody refers to any more. */
export const handler = async () => {
  const { apps, gone, left } = await expire();
  if (apps.length + gone.length > 0) logger.info('expired', { apps, gone });
  if (left.length > 0) logger.warn('left over', { left });
  return { apps, gone, left };
};
