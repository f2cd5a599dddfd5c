import { CliError } from './errors.ts';
import type { Clock } from './host.ts';

interface Patience {
  /** Seconds between two looks. */
  readonly every: number;
  /** Seconds until it gives up. */
  readonly limit: number;
  /** What is waited for, for the message when it never comes. */
  readonly what: string;
  readonly hint?: string;
}

/** Looks again and again until there is something to see. */
export const waitUntil = async <Seen>(
  clock: Clock,
  { every, limit, what, hint }: Patience,
  look: () => Promise<Seen | undefined>
): Promise<Seen> => {
  const end = clock.now().getTime() + limit * 1000;
  for (;;) {
    const seen = await look();
    if (seen !== undefined) return seen;
    if (clock.now().getTime() >= end) {
      throw new CliError('Timeout', `timeout: waited ${limit} s for ${what}`, { hint });
    }
    await clock.sleep(every * 1000);
  }
};
