import { isDeepStrictEqual } from 'node:util';
import { type JsonObject, objectAt } from '../json.ts';
import { compare } from './compare.ts';
import { difference, differenceBelow, emptySet, equalSets, union } from './field-set.ts';
import { type Manager, managerKey, type Owners, type Ownership, readOwners } from './managers.ts';
import { trackedPart, type WriteScope } from './tracked-part.ts';

export interface UpdateToTrack {
  /** Undefined for a creation. */
  readonly live: JsonObject | undefined;
  readonly object: JsonObject;
  readonly manager: Manager;
  readonly scope: WriteScope;
  /** RFC 3339. */
  readonly time: string;
}

const isReset = (entries: unknown): boolean =>
  Array.isArray(entries) && entries.every((it) => Object.keys(Object(it)).length === 0);

/**
 * The owners before the write: those the client sent (which is how one edits them), or the live
 * ones. An empty list or `[{}]` clears them; no list does not, so that a client that does not know
 * the field can't strip it.
 */
const ownersBefore = ({ live, object, manager }: UpdateToTrack): Owners => {
  const sent = objectAt(object, 'metadata')['managedFields'];
  if (manager.subresource === undefined && isReset(sent)) {
    return new Map();
  }
  const owners = manager.subresource === undefined ? readOwners(object) : new Map();
  return owners.size > 0 || live === undefined ? owners : readOwners(live);
};

const withoutLost = (ownership: Ownership, changes: ReturnType<typeof compare>): Ownership => ({
  ...ownership,
  fields: differenceBelow(
    difference(ownership.fields, union(changes.changed, changes.added)),
    changes.removed
  ),
});

/**
 * Who owns what after a create, update or non-apply patch: the writer gets what it added or
 * changed, and everyone else loses that. An object without owners stays without them until its
 * first apply.
 */
export const trackUpdate = (update: UpdateToTrack): Owners => {
  const { live, object, manager, scope, time } = update;
  const before = ownersBefore(update);
  if (live !== undefined && before.size === 0) {
    return before;
  }
  const changes = compare(trackedPart(live ?? {}, scope), trackedPart(object, scope));
  const owners = new Map<string, Ownership>();
  for (const [key, ownership] of before) {
    owners.set(key, withoutLost(ownership, changes));
  }
  const key = managerKey(manager);
  const own = before.get(key);
  const kept = differenceBelow(own?.fields ?? emptySet, changes.removed);
  const fields = union(kept, union(changes.changed, changes.added));
  const unchanged = own !== undefined && equalSets(own.fields, fields);
  const idle = unchanged && live !== undefined && isDeepStrictEqual(changes.changed, emptySet);
  return owners.set(key, { manager, fields, time: idle ? own.time : time });
};
