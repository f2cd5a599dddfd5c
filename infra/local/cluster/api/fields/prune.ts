import { type Part, partsOf } from './elements.ts';
import { emptySet, type FieldSet, isEmpty } from './field-set.ts';

interface Ownership {
  /** What the manager owned before. */
  readonly last: FieldSet;
  /** What anybody owns now. */
  readonly kept: FieldSet;
}

const prunedParts = (parts: Map<string, Part>, { last, kept }: Ownership): Map<string, unknown> => {
  const left = new Map<string, unknown>();
  for (const [element, part] of parts) {
    const ownership = {
      last: last.children.get(element) ?? emptySet,
      kept: kept.children.get(element) ?? emptySet,
    };
    const value = isEmpty(ownership.last) ? part.value : prune(part, ownership);
    if (value !== undefined) {
      left.set(element, value);
    }
  }
  return left;
};

/**
 * The value without what the manager owned before and nobody owns now. Undefined when nothing is
 * left of it.
 */
export const prune = (part: Part, ownership: Ownership): unknown => {
  if (ownership.last.member && isEmpty(ownership.kept)) {
    return undefined;
  }
  const parts = partsOf(part);
  if (parts === undefined) {
    return part.value;
  }
  const left = prunedParts(parts, ownership);
  if (left.size === 0 && isEmpty(ownership.kept)) {
    return undefined;
  }
  return Array.isArray(part.value)
    ? [...left.values()]
    : Object.fromEntries([...left].map(([element, value]) => [element.slice(2), value]));
};
