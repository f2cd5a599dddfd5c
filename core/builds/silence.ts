import type { KubernetesObject } from '../kubernetes/object.ts';
import type { LogPosition } from '../logs/log-position.ts';
import type { Look } from './look-at-jobs.ts';

interface Silence {
  /** By container, how far its log has been told. */
  readonly positions: ReadonlyMap<string, LogPosition>;
  readonly now: number;
  /** The longest one that is borne; 0 for any. */
  readonly seconds: number;
}

/** Why a build that runs but says nothing is given up; undefined while it may go on. */
export const silence = (
  { sources, pods }: Pick<Look, 'sources' | 'pods'>,
  { positions, now, seconds }: Silence
): string | undefined => {
  if (seconds === 0) return undefined;
  const silent = sources.find(({ key, pod, isRunning }) => {
    const told = Number((positions.get(key)?.at ?? 0n) / 1_000_000n);
    const begun = startOf(pods.find((it) => it.metadata.name === pod));
    return isRunning && Math.max(told, begun) + seconds * 1000 < now;
  });
  return (
    silent &&
    `the build of ${silent.service} was stopped: it has said nothing for ${inWords(seconds)}`
  );
};

const startOf = (pod: KubernetesObject | undefined): number => {
  const { startTime } = (pod?.['status'] ?? {}) as { readonly startTime?: string };
  return Date.parse(startTime ?? pod?.metadata.creationTimestamp ?? '') || 0;
};

const inWords = (seconds: number): string =>
  seconds % 60 === 0 ? `${seconds / 60} minutes` : `${seconds} seconds`;
