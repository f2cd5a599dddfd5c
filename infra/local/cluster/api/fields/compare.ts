import { isDeepStrictEqual } from 'node:util';
import { isObject } from '../json.ts';
import { addedFields } from './collect.ts';
import { isItem, type Part, partsOf } from './elements.ts';
import { emptySet, type FieldSet, leaf, node } from './field-set.ts';

export interface Comparison {
  readonly added: FieldSet;
  readonly changed: FieldSet;
  readonly removed: FieldSet;
}

const same: Comparison = { added: emptySet, changed: emptySet, removed: emptySet };

const present = (element: string, part: Part): FieldSet => {
  const set = addedFields(part);
  return isItem(element) ? { ...set, member: true } : set;
};

const compareElement = (element: string, before?: Part, after?: Part): Comparison => {
  if (before === undefined) {
    return after === undefined ? same : { ...same, added: present(element, after) };
  }
  if (after === undefined) {
    // Everything below goes too, whoever owns it: one member at the top says so.
    return { ...same, removed: { ...present(element, before), member: true } };
  }
  return compare(before, after);
};

/** `{}` is owned as a whole, but next to a value with parts it is one that has none. */
const noParts = ({ value }: Part, other: Part): Map<string, Part> | undefined =>
  isObject(value) && Object.keys(value).length === 0 && partsOf(other) !== undefined
    ? new Map()
    : undefined;

/** Which paths two versions of a value differ in. */
export const compare = (before: Part, after: Part): Comparison => {
  if (isDeepStrictEqual(before.value, after.value)) {
    return same;
  }
  const old = partsOf(before) ?? noParts(before, after);
  const young = partsOf(after) ?? noParts(after, before);
  if (old === undefined || young === undefined) {
    return { ...same, changed: leaf };
  }
  const elements = [...new Set([...old.keys(), ...young.keys()])].map(
    (element) => [element, compareElement(element, old.get(element), young.get(element))] as const
  );
  const pick = (which: keyof Comparison): FieldSet =>
    node(
      false,
      elements.map(([element, result]) => [element, result[which]])
    );
  return { added: pick('added'), changed: pick('changed'), removed: pick('removed') };
};
