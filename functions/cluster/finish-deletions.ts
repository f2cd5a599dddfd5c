import { finishDeletions } from '#core/apps/finish-deletions.ts';
import { removeStraySecrets } from '#core/builds/remove-stray-secrets.ts';
import { dependencies } from '../runtime/dependencies/cluster.ts';
import { logger } from '../runtime/logger.ts';

const finish = finishDeletions(dependencies);
const removeStray = removeStraySecrets(dependencies);

/**
 * Runs every few minutes: takes away the records of apps whose namespace has gone by now, and credentials
 * that a build has left in the cluster.
 */
export const handler = async () => {
  const { gone } = await finish();
  const secrets = await removeStray();
  if (secrets.length > 0) logger.warn('left over by builds', { secrets });
  return { gone, secrets };
};
