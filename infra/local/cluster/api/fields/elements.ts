import { byText, isObject, type JsonObject } from '../json.ts';
import { keyDefaults } from '../schema/list-keys.ts';
import { fieldShape, type Shape } from '../schema/shape.ts';

/** One part of a value that has an owner of its own, with its path element. */
export interface Part {
  readonly value: unknown;
  readonly shape: Shape;
}

const anything: Shape = { kind: 'any' };

/** The `k:` path element of a list item. */
const itemElement = (item: JsonObject, keys: readonly string[]): string => {
  const identity = [...keys]
    .sort(byText)
    .map((key) => [key, item[key] ?? keyDefaults[key]])
    .filter(([, value]) => value !== undefined);
  return `k:${JSON.stringify(Object.fromEntries(identity))}`;
};

const fieldParts = (value: JsonObject, shape: Shape): Map<string, Part> | undefined => {
  const atomic = shape.kind !== 'any' && 'atomic' in shape && shape.atomic;
  const fields = Object.entries(value);
  if (atomic || fields.length === 0) {
    return undefined;
  }
  return new Map(
    fields.map(([field, part]) => [
      `f:${field}`,
      { value: part, shape: fieldShape(shape, field) ?? anything },
    ])
  );
};

const listParts = (value: readonly unknown[], shape: Shape): Map<string, Part> | undefined => {
  if (shape.kind !== 'list' || (shape.keys.length === 0 && !shape.set)) {
    return undefined;
  }
  const elementOf = (item: unknown): string =>
    shape.set || !isObject(item) ? `v:${JSON.stringify(item)}` : itemElement(item, shape.keys);
  return new Map(value.map((item) => [elementOf(item), { value: item, shape: shape.items }]));
};

/** The parts of a value by path element; undefined when it is owned as a whole (scalar, atomic, {}). */
export const partsOf = ({ value, shape }: Part): Map<string, Part> | undefined => {
  if (Array.isArray(value)) {
    return listParts(value, shape);
  }
  return isObject(value) ? fieldParts(value, shape) : undefined;
};

export const isItem = (element: string): boolean => element.startsWith('k:');
