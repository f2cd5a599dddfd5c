import { isSourceListKey, keyOf } from '../objects/object-key.ts';
import type { Chunks, Objects } from '../objects/ports.ts';
import { readSourceList } from '../objects/source-list.ts';
import type { Build } from './build.ts';

export interface HealSourceDependencies {
  readonly objects: Pick<Objects, 'readText'>;
  readonly chunks: Pick<Chunks, 'removeDamaged'>;
}

/**
 * Looks at those chunks of a build's source that the reason of its failure names, and takes away what
 * is not what its name says: a client would be told that it is there, and no build would ever succeed.
 * True when the next client has something to send.
 */
export const healSource = async (
  { objects, chunks }: HealSourceDependencies,
  { app, source }: Pick<Build, 'app' | 'source'>,
  reason: string
): Promise<boolean> => {
  const named = new Set(reason.match(/\b[0-9a-f]{64}\b/g));
  const key = keyOf(app, source);
  if (named.size === 0 || !key || !isSourceListKey(key)) return false;
  const list = await objects.readText(app, key);
  const parts = list === undefined ? [] : readSourceList(list).chunks;
  const suspects = [...named].filter((id) => parts.some((it) => it.sha256 === id));
  const removed = await Promise.all(suspects.map((id) => chunks.removeDamaged(app, id)));
  return removed.includes(true);
};
