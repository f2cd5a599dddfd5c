import { AppNotUpdatingError, TooLateToCancelError } from '../errors.ts';
import type { Promotions } from '../promotions/ports.ts';

/**
 * Ends what runs and what waits, because a rollback would put back what is being deleted. One that
 * has just become active, or has ended, is as good as over.
 */
export const abandonPromotions = async (
  promotions: Pick<Promotions, 'requestCancel'>,
  app: string
): Promise<void> => {
  try {
    await promotions.requestCancel(app, 'abandon');
  } catch (error) {
    const isOver = error instanceof AppNotUpdatingError || error instanceof TooLateToCancelError;
    if (!isOver) throw error;
  }
};
