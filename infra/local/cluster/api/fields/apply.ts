import { isDeepStrictEqual } from 'node:util';
import { StatusError } from '../../status-error.ts';
import { byText, type JsonObject, objectAt } from '../json.ts';
import { modelShape } from '../schema/shape.ts';
import { addedFields, appliedFields } from './collect.ts';
import { compare } from './compare.ts';
import {
  difference,
  emptySet,
  equalSets,
  type FieldSet,
  intersection,
  isEmpty,
  printPaths,
  union,
} from './field-set.ts';
import { type Manager, managerKey, type Owners, type Ownership, readOwners } from './managers.ts';
import { mergeApplied } from './merge-applied.ts';
import { prune } from './prune.ts';
import { trackedPart, type WriteScope } from './tracked-part.ts';

export interface Apply {
  /** Undefined when the apply creates the object. */
  readonly live: JsonObject | undefined;
  readonly applied: JsonObject;
  readonly manager: Manager;
  readonly scope: WriteScope;
  readonly force: boolean;
  /** RFC 3339. */
  readonly time: string;
}

export interface Applied {
  readonly object: JsonObject;
  readonly owners: Owners;
}

interface FieldConflict {
  readonly manager: string;
  readonly path: string;
}

const printManager = ({ name, operation, apiVersion, subresource }: Manager): string => {
  const part = subresource === undefined ? '' : ` with subresource "${subresource}"`;
  return `"${name}"${part}${operation === 'Update' ? ` using ${apiVersion}` : ''}`;
};

const conflictMessage = (conflicts: readonly FieldConflict[]): string => {
  const [first] = conflicts;
  if (conflicts.length === 1 && first !== undefined) {
    return `Apply failed with 1 conflict: conflict with ${first.manager}: ${first.path}`;
  }
  const managers = [...new Set(conflicts.map(({ manager }) => manager))].sort(byText);
  const lines = managers.flatMap((manager) => [
    `conflicts with ${manager}:`,
    ...conflicts.filter((each) => each.manager === manager).map(({ path }) => `- ${path}`),
  ]);
  return `Apply failed with ${conflicts.length} conflicts: ${lines.join('\n')}`;
};

const applyConflict = (conflicts: readonly FieldConflict[]): StatusError =>
  new StatusError({
    code: 409,
    reason: 'Conflict',
    message: conflictMessage(conflicts),
    details: {
      causes: conflicts.map(({ manager, path }) => ({
        reason: 'FieldManagerConflict',
        message: `conflict with ${manager}`,
        field: path,
      })),
    },
  });

/** An object that nobody owns yet is taken to be its first applier's rival's, as a whole. */
const ownersOf = ({ live, scope, manager, time }: Apply): Owners => {
  if (live === undefined) {
    return new Map();
  }
  const owners = readOwners(live);
  if (owners.size > 0) {
    return owners;
  }
  const before: Manager = { ...manager, name: 'before-first-apply', operation: 'Update' };
  const fields = addedFields(trackedPart(live, scope));
  return new Map([[managerKey(before), { manager: before, fields, time }]]);
};

/** Takes the contested fields from the other owners, or refuses if they were not to be forced. */
const settle = (others: readonly Ownership[], changed: FieldSet, force: boolean): Ownership[] => {
  const contested = others.map(({ fields }) => intersection(fields, changed));
  const conflicts = others.flatMap(({ manager }, index) =>
    printPaths(contested[index] ?? emptySet).map((path) => ({
      manager: printManager(manager),
      path,
    }))
  );
  if (conflicts.length > 0 && !force) {
    throw applyConflict(conflicts);
  }
  return others.map((other, index) => ({
    ...other,
    fields: difference(other.fields, contested[index] ?? emptySet),
  }));
};

const unionOf = (sets: readonly FieldSet[]): FieldSet => sets.reduce(union, emptySet);

/**
 * Server-side apply: lays the applied fields over the live object, takes away what this manager
 * applied before and no longer does (unless somebody else owns it), and records who owns what.
 * Throws 409 with one `FieldManagerConflict` cause per field that another manager owns with another
 * value.
 */
export const apply = (request: Apply): Applied => {
  const { live, applied, manager, scope, force, time } = request;
  const before = ownersOf(request);
  const key = managerKey(manager);
  const own = before.get(key);
  const fields = appliedFields(trackedPart(applied, scope));
  const shape = modelShape(scope.model);
  const merged = objectAt(
    { object: mergeApplied(live ?? {}, { value: applied, shape }) },
    'object'
  );
  const changes = compare(trackedPart(live ?? {}, scope), trackedPart(merged, scope));
  const rivals = [...before.values()].filter((each) => managerKey(each.manager) !== key);
  const others = settle(rivals, union(changes.changed, changes.added), force);
  const kept = unionOf([fields, ...others.map((other) => other.fields)]);
  const object = objectAt(
    { object: prune({ value: merged, shape }, { last: own?.fields ?? emptySet, kept }) },
    'object'
  );
  const idle =
    own !== undefined && equalSets(own.fields, fields) && isDeepStrictEqual(live, object);
  const mine: Ownership = { manager, fields, time: idle ? own.time : time };
  return {
    object,
    owners: new Map(
      [...others, mine]
        .filter((each) => !isEmpty(each.fields))
        .map((each) => [managerKey(each.manager), each])
    ),
  };
};
