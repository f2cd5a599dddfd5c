import { isDeepStrictEqual } from 'node:util';
import { badRequest } from '../../status-error.ts';
import { isObject, type JsonObject } from '../json.ts';
import { fieldShape, type Shape } from '../schema/shape.ts';

const anything: Shape = { kind: 'any' };
const order = '$setElementOrder/';
const deletions = '$deleteFromPrimitiveList/';
const retainKeys = '$retainKeys';

const isDirective = (field: string): boolean =>
  field.startsWith('$patch') || field.startsWith(order) || field === retainKeys;

const retained = (target: JsonObject, patch: JsonObject): JsonObject => {
  const keys = patch[retainKeys];
  return Array.isArray(keys)
    ? Object.fromEntries(Object.entries(target).filter(([field]) => keys.includes(field)))
    : target;
};

/** A strategic merge identifies a list's items by one field, the first of its keys. */
const mergeItem = (items: unknown[], patch: JsonObject, shape: Shape & { kind: 'list' }): void => {
  const [key = ''] = shape.keys;
  if (patch[key] === undefined) {
    throw badRequest(`map: ${JSON.stringify(patch)} does not contain declared merge key: ${key}`);
  }
  const index = items.findIndex((item) => isObject(item) && item[key] === patch[key]);
  if (patch['$patch'] === 'delete') {
    items.splice(index, index < 0 ? 0 : 1);
  } else if (index < 0) {
    items.push(strategicMerge({}, patch, shape.items));
  } else {
    items[index] = strategicMerge(items[index], patch, shape.items);
  }
};

const inOrder = (items: unknown[], positions: unknown, key: string): unknown[] => {
  if (!Array.isArray(positions)) {
    return items;
  }
  const rank = (item: unknown): number =>
    positions.findIndex((each) =>
      isObject(each) && isObject(item) ? each[key] === item[key] : isDeepStrictEqual(each, item)
    );
  return [...items].sort((a, b) => rank(a) - rank(b));
};

const mergeList = (target: unknown, patch: readonly unknown[], shape: Shape): unknown[] => {
  const old: readonly unknown[] = Array.isArray(target) ? target : [];
  if (
    shape.kind !== 'list' ||
    patch.some((item) => isObject(item) && item['$patch'] === 'replace')
  ) {
    return patch.filter((item) => !(isObject(item) && '$patch' in item));
  }
  if (shape.set) {
    return [...old, ...patch.filter((value) => !old.includes(value))];
  }
  if (shape.keys.length === 0) {
    return [...patch];
  }
  const items = [...old];
  for (const item of patch.filter(isObject)) {
    mergeItem(items, item, shape);
  }
  return items;
};

const mergeField = (target: unknown, value: unknown, shape: Shape): unknown => {
  if (Array.isArray(value)) {
    return mergeList(target, value, shape);
  }
  return isObject(value) ? strategicMerge(target, value, shape) : value;
};

const removeValues = (merged: Record<string, unknown>, field: string, values: unknown): void => {
  const name = field.slice(deletions.length);
  const [old, gone] = [merged[name], values];
  if (Array.isArray(old) && Array.isArray(gone)) {
    merged[name] = old.filter((value) => !gone.includes(value));
  }
};

const mergeInto = (merged: Record<string, unknown>, patch: JsonObject, shape: Shape): void => {
  for (const [field, value] of Object.entries(patch)) {
    if (field.startsWith(deletions)) {
      removeValues(merged, field, value);
    } else if (value === null) {
      delete merged[field];
    } else if (!isDirective(field)) {
      merged[field] = mergeField(merged[field], value, fieldShape(shape, field) ?? anything);
    }
  }
};

const orderLists = (merged: Record<string, unknown>, patch: JsonObject, shape: Shape): void => {
  for (const [directive, positions] of Object.entries(patch)) {
    const field = directive.startsWith(order) ? directive.slice(order.length) : '';
    const items = merged[field];
    if (Array.isArray(items)) {
      const list = fieldShape(shape, field);
      const [key = ''] = list?.kind === 'list' ? list.keys : [];
      merged[field] = inOrder(items, positions, key);
    }
  }
};

/**
 * Kubernetes' own patch form: objects merge, lists with keys merge by item, `$patch`,
 * `$retainKeys`, `$setElementOrder/…` and `$deleteFromPrimitiveList/…` direct it.
 */
export const strategicMerge = (target: unknown, patch: JsonObject, shape: Shape): JsonObject => {
  if (patch['$patch'] === 'delete') {
    return {};
  }
  const start = patch['$patch'] === 'replace' || !isObject(target) ? {} : target;
  const merged: Record<string, unknown> = { ...retained(start, patch) };
  mergeInto(merged, patch, shape);
  orderLists(merged, patch, shape);
  return merged;
};
