import { isObject, type JsonObject } from '../json.ts';

/** RFC 7396. */
const mergePatch = (target: unknown, patch: unknown): unknown => {
  if (!isObject(patch)) {
    return patch;
  }
  const merged: Record<string, unknown> = isObject(target) ? { ...target } : {};
  for (const [field, value] of Object.entries(patch)) {
    if (value === null) {
      delete merged[field];
    } else {
      merged[field] = mergePatch(merged[field], value);
    }
  }
  return merged;
};

export const mergePatchObject = (target: JsonObject, patch: JsonObject): JsonObject => {
  const merged = mergePatch(target, patch);
  return isObject(merged) ? merged : {};
};
