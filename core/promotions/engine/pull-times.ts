import type { KubernetesObject } from '../../kubernetes/object.ts';

interface RawEvent {
  readonly involvedObject?: { readonly kind?: string; readonly name?: string };
  readonly reason?: string;
  readonly message?: string;
}

/** How the pulls of images went, one line for each: `web-1: registry/web took 3.1s`. */
export const pullTimes = (events: readonly KubernetesObject[]): readonly string[] => {
  const pulls = events.map((it) => it as KubernetesObject & RawEvent);
  const ended = pulls.filter(({ reason }) => reason === 'Pulled').flatMap(lineOf);
  const pulled = new Set(pulls.filter((it) => it.reason === 'Pulled').map(podOf));
  const open = pulls
    .filter((it) => it.reason === 'Pulling' && !pulled.has(podOf(it)))
    .map((it) => `${podOf(it)}: ${imageOf(it)} has not been pulled`);
  return [...new Set([...ended, ...open])];
};

/** `Successfully pulled image "I" in 1.2s (1.3s including waiting)`; what was there already is no pull. */
const lineOf = (event: RawEvent): string[] => {
  const [, seconds, all] =
    /\bin ([\d.]+\w+)(?: \(([\d.]+\w+) including waiting\))?/.exec(event.message ?? '') ?? [];
  if (!seconds) return [];
  const waited = all && all !== seconds ? `, ${all} with waiting` : '';
  return [`${podOf(event)}: ${imageOf(event)} took ${seconds}${waited}`];
};

const podOf = ({ involvedObject }: RawEvent): string => involvedObject?.name ?? '';

const imageOf = ({ message = '' }: RawEvent): string => /"([^"]+)"/.exec(message)?.[1] ?? 'image';
