import { ConflictError } from '../../errors.ts';
import { ClusterError } from '../../kubernetes/cluster-error.ts';
import { type KubernetesObject, objectKey } from '../../kubernetes/object.ts';
import { managers } from '../../rendering/labels.ts';

/** Fields of an object of ours that somebody else has changed: whose they are, and which. */
export class FieldConflictError extends ConflictError {
  override readonly code = 'FieldConflict';
}

interface OwnedField {
  readonly manager: string;
  readonly field: string;
}

/** Named for a person; more than these would only hide the point. */
const shownFields = 5;

/**
 * The conflict that a server-side apply was refused for, in words. Undefined for any other error, and
 * when the other manager is the rack itself: the entry of its own POST, which is adopted before an apply.
 */
export const fieldConflict = (
  error: unknown,
  object: KubernetesObject
): FieldConflictError | undefined => {
  const foreign = conflictsOf(error).filter(({ manager }) => manager !== managers.main);
  if (foreign.length === 0) return undefined;
  const owners = [...new Set(foreign.map((it) => it.manager))].map((manager) => {
    const fields = foreign.filter((it) => it.manager === manager).map((it) => it.field);
    return `${manager} has changed ${listed(fields)}`;
  });
  return new FieldConflictError(
    `${objectKey(object)}: ${owners.join(', ')}; promote with --force-conflicts to take it back`,
    { hint: 'undo the change, or promote with --force-conflicts', cause: error }
  );
};

export const isFieldConflict = (error: unknown): boolean => conflictsOf(error).length > 0;

const conflictsOf = (error: unknown): readonly OwnedField[] => {
  if (!(error instanceof ClusterError) || error.status !== 409) return [];
  return error.causes
    .filter((it) => it.reason === 'FieldManagerConflict')
    .map(({ message = '', field = '' }) => ({
      manager: /conflict with "([^"]*)"/.exec(message)?.[1] ?? message,
      field,
    }));
};

const listed = (fields: readonly string[]): string => {
  const more = fields.length - shownFields;
  return [...fields.slice(0, shownFields), ...(more > 0 ? [`${more} more`] : [])].join(', ');
};
