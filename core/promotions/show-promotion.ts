import type { Promotion } from './promotion.ts';

/** A promotion as the wire shows it. */
export const showPromotion = (promotion: Promotion) => ({
  id: promotion.id,
  app: promotion.app,
  release: promotion.release,
  previous: promotion.previous,
  status: promotion.status,
  reason: promotion.reason,
  cause: promotion.cause,
  services: [...promotion.services],
  started: promotion.started,
  ended: promotion.ended,
  actor: promotion.actor,
  forceConflicts: promotion.forceConflicts ?? false,
  ...(promotion.status === 'waiting' && promotion.waiting && { waiting: promotion.waiting }),
  ...(promotion.timeout && { timeout: promotion.timeout }),
  ...(promotion.behind && { behind: promotion.behind }),
});
