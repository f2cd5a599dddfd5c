import type { Options } from '../options.ts';
import { parseCount } from '../parse-count.ts';

/** What was asked for; the rest has its defaults in the rack. */
export interface HowToPromote {
  readonly queue?: boolean;
  readonly force?: boolean;
  readonly 'force-conflicts'?: boolean;
  readonly timeout?: number;
}

/** To be read before anything is built or changed. @throws UsageError */
export const howToPromote = ({ queue, force, forceConflicts, timeout }: Options): HowToPromote => {
  const seconds = parseCount('--timeout', timeout);
  return {
    ...(queue && { queue }),
    ...(force && { force }),
    ...(forceConflicts && { 'force-conflicts': forceConflicts }),
    ...(seconds !== undefined && { timeout: seconds }),
  };
};
