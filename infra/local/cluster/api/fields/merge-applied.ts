import { isObject, type JsonObject } from '../json.ts';
import { fieldShape, type Shape } from '../schema/shape.ts';
import { type Part, partsOf } from './elements.ts';

const anything: Shape = { kind: 'any' };

const mergeFields = (live: JsonObject, applied: JsonObject, shape: Shape): JsonObject => {
  const merged: Record<string, unknown> = { ...live };
  for (const [field, value] of Object.entries(applied)) {
    const part = { value, shape: fieldShape(shape, field) ?? anything };
    merged[field] = mergeApplied(live[field], part);
  }
  return merged;
};

/** Items of the applied list in its order, then the live ones that it does not name. */
const mergeItems = (live: readonly unknown[], applied: Part): unknown[] => {
  const liveParts = partsOf({ value: live, shape: applied.shape }) ?? new Map<string, Part>();
  const appliedParts = partsOf(applied) ?? new Map<string, Part>();
  const merged = [...liveParts].map(([element, part]) => {
    const change = appliedParts.get(element);
    return change === undefined ? part.value : mergeApplied(part.value, change);
  });
  const added = [...appliedParts].filter(([element]) => !liveParts.has(element));
  return [...merged, ...added.map(([, part]) => part.value)];
};

/** The live value with the applied one laid over it; parts owned as a whole are replaced. */
export const mergeApplied = (live: unknown, applied: Part): unknown => {
  const { value, shape } = applied;
  if (isObject(value) && isObject(live) && !('atomic' in shape && shape.atomic)) {
    return mergeFields(live, value, shape);
  }
  if (Array.isArray(value) && Array.isArray(live) && shape.kind === 'list') {
    return shape.keys.length > 0 || shape.set ? mergeItems(live, applied) : value;
  }
  return value;
};
