import { isItem, type Part, partsOf } from './elements.ts';
import { type FieldSet, leaf, node } from './field-set.ts';

/**
 * The paths of everything in a value. `maps` also takes in the maps themselves, as the API server
 * does for what an update adds, but not for what an apply states.
 */
const collect = (part: Part, maps: boolean): FieldSet => {
  const parts = partsOf(part);
  if (parts === undefined) {
    return leaf;
  }
  const isMap = maps && part.shape.kind === 'map';
  return node(
    isMap,
    [...parts].map(([element, child]) => {
      const set = collect(child, maps);
      return [element, isItem(element) ? { ...set, member: true } : set];
    })
  );
};

export const appliedFields = (part: Part): FieldSet => collect(part, false);
export const addedFields = (part: Part): FieldSet => collect(part, true);
