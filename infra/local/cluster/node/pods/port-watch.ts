import type { Clock } from '../clock.ts';
import { listeningPorts } from '../host/listening-ports.ts';

/** When to look, in ms after each other: a server may take a while to start. */
const looks = [500, 1000, 1500, 2000, 5000, 10_000, 10_000, 30_000];

export interface PortWatch {
  readonly group: number;
  /** The host ports that the container was given. */
  readonly expected: readonly number[];
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly ports?: (group: number) => readonly number[] | undefined;
}

/**
 * Resolves with the ports on which a container listens instead of one that it was given; undefined
 * when it listens where it should, or never does, or the system does not tell (not Linux).
 */
export const findIgnoredPort = async (watch: PortWatch): Promise<readonly number[] | undefined> => {
  const { group, expected, clock, signal, ports = listeningPorts } = watch;
  let before: readonly number[] = [];
  for (const pause of looks) {
    await clock.sleep(pause, signal);
    const open = (signal.aborted ? undefined : ports(group)) ?? expected;
    if (open.some((port) => expected.includes(port))) {
      return undefined;
    }
    // A second look, because a process may open its own ports before the one that counts.
    const both = open.filter((port) => before.includes(port));
    if (both.length > 0) {
      return both;
    }
    before = open;
  }
  return undefined;
};

/** What to tell whoever wrote the process. */
export const ignoredPortSentence = (
  container: string,
  open: readonly number[],
  expected: readonly number[]
): string =>
  `container ${container} listens on port ${open.join(', ')} but was given port ${expected[0]}: pods of the embedded cluster are processes of one machine, so listen on the PORT environment variable`;
