import type { App } from '#contracts/apps.ts';
import { getPromotion, type Promotion } from '#contracts/promotions.ts';
import type { Context } from '../context.ts';
import { ApiError } from '../errors.ts';

/** The promotion that runs and the one that waits for it; one that is gone by now is left out. */
export const promotionsUnderWay = async (
  { call }: Context,
  { name, promotion, queued }: App
): Promise<readonly Promotion[]> => {
  const ids = [promotion, queued].filter((it) => it !== undefined);
  const found = await Promise.all(
    ids.map((id) => call(getPromotion, { app: name, id }).catch(ignoreMissing))
  );
  return found.filter((it) => it !== undefined);
};

const ignoreMissing = (error: unknown): undefined => {
  if (!(error instanceof ApiError && error.status === 404)) throw error;
};
