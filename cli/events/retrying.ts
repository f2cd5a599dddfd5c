import type { Context } from '../context.ts';
import { ApiError, ConnectionLostError, RackUnreachableError } from '../errors.ts';

/** How long a lost connection is waited for. */
const limit = 300_000;
const firstPause = 500;
const longestPause = 10_000;

/** Repeats a harmless question over a lost connection, and says once that it was lost. */
export const retrying = async <Answer>(
  context: Context,
  ask: () => Promise<Answer>
): Promise<Answer> => {
  const { clock } = context.host;
  const outage = outageOf(context);
  for (let pause = firstPause; ; pause = Math.min(pause * 2, longestPause)) {
    try {
      return await ask();
    } catch (error) {
      outage.bear(error);
    }
    await clock.sleep(pause);
  }
};

/** Bears the errors that pass by themselves, for as long as we are willing to wait. */
const outageOf = ({ host: { clock }, out }: Context) => {
  let lost: number | undefined;
  return {
    bear: (error: unknown): void => {
      if (!isPassing(error)) throw error;
      if (lost === undefined) out.note('Connection to the rack lost, trying again');
      lost ??= clock.now().getTime();
      if (clock.now().getTime() - lost >= limit) throw new ConnectionLostError({ cause: error });
    },
  };
};

const isPassing = (error: unknown): boolean =>
  error instanceof RackUnreachableError ||
  (error instanceof ApiError && (error.status >= 500 || error.status === 429));
