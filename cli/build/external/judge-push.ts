import { explainPush } from './explain-push.ts';

export interface FailedPush {
  /** All that the builder printed. */
  readonly lines: readonly string[];
  /** How often it was run, this time included. */
  readonly tries: number;
  /** Whether the credential that it had has come to its end meanwhile. */
  readonly isGrantOver: boolean;
}

const most = 3;

/** A builder that has tried so often by itself has waited long enough: podman for seconds, docker for a minute. */
const enoughRetries = 3;

/**
 * Whether to push again. A no of the registry stays a no, unless it is the credential's end; a line that
 * breaks is tried again, since layers that are there are not sent twice, but not once the builder has
 * given up after tries of its own.
 */
export const isWorthAnotherPush = ({ lines, tries, isGrantOver }: FailedPush): boolean => {
  if (tries >= most) return false;
  const { remedy } = explainPush(lines) ?? { remedy: 'time' };
  if (remedy === 'grant') return isGrantOver;
  return remedy === 'time' && retriesOf(lines) < enoughRetries;
};

/** How often the builder has tried again by itself: docker layer by layer, the others all of it. */
export const retriesOf = (lines: readonly string[]): number => {
  const counted = lines.flatMap((it) => /retrying in \S+ .*\((\d+)\/\d+\)/.exec(it)?.[1] ?? []);
  const countdowns = [...pausesByLayer(lines).values()].map(
    (pauses) => pauses.filter((it, at) => it > (pauses[at - 1] ?? 0)).length
  );
  return Math.max(0, ...counted.map(Number), ...countdowns);
};

/** Docker counts the seconds down: a number that rises begins another pause. */
const pausesByLayer = (lines: readonly string[]): ReadonlyMap<string, readonly number[]> => {
  const found = new Map<string, number[]>();
  for (const line of lines) {
    const [, layer, seconds] = /^(\w+): Retrying in (\d+) seconds?$/.exec(line) ?? [];
    if (layer) found.set(layer, [...(found.get(layer) ?? []), Number(seconds)]);
  }
  return found;
};
