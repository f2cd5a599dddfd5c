import { finishDeletions } from '#core/apps/finish-deletions.ts';
import { dependencies } from '../runtime/dependencies/cluster.ts';

/** Runs every few minutes: takes away the records of apps whose namespace has gone by now. */
export const handler = finishDeletions(dependencies);
