import type { Promotion } from '#contracts/promotions.ts';
import { CliError, ReplacedError } from '../errors.ts';

/** Convox says `rollback` and no more; here the cause comes in the lines before it. */
export const promotionFailure = (promotion: Promotion, app: string): CliError => {
  const { status, release } = promotion;
  const refused = status === 'Refused';
  const look = refused ? undefined : `rackless releases evidence ${release} -a ${app}`;
  const story = [cause(promotion), outcome(promotion), ...(look ? [`Evidence: ${look}`] : [])];
  if (refused && promotion.reason === 'Replaced') return new ReplacedError({ story });
  return new CliError(status, lastWord(promotion), { story, hint: look });
};

const cause = ({ cause: sentence, reason, release }: Promotion): string =>
  `${sentence || `${release} did not become active`}${reason ? ` (${reason})` : ''}`;

const outcome = ({ status, previous }: Promotion): string => {
  if (status === 'Reverted')
    return 'Reverted: no release is active, and what this one made is gone';
  if (status === 'Refused') {
    return `Nothing was changed${previous ? `: ${previous} is still active` : ''}`;
  }
  if (status === 'Degraded') return `${previous} is back, but its processes are not healthy`;
  return previous
    ? `Rolled back: ${previous} is active again`
    : 'Rolled back: no release is active';
};

const lastWord = ({ status, reason }: Promotion): string => {
  if (status === 'RolledBack' || status === 'Reverted') return 'rollback';
  return status === 'Refused' && reason === 'Cancelled' ? 'cancelled' : status.toLowerCase();
};
