import type { Clock } from '#core/clock.ts';
import type { Sleep } from './ask-google.ts';

export interface Patience {
  /** When to give up; milliseconds since 1970. */
  readonly until: number;
  readonly clock: Clock;
  readonly sleep: Sleep;
}

const firstPause = 250;
const longestPause = 4000;

/** Does it again, ever more slowly, while its failure is one that passes and there is time left. */
export const keepTrying = async <Result>(
  attempt: () => Promise<Result>,
  isPassing: (error: unknown) => boolean,
  { until, clock, sleep }: Patience
): Promise<Result> => {
  for (let pause = firstPause; ; pause = Math.min(pause * 2, longestPause)) {
    try {
      return await attempt();
    } catch (error) {
      if (!isPassing(error) || clock() + pause > until) throw error;
      await sleep(pause);
    }
  }
};
