/** A JSON object as it came in; every access narrows what it takes out. */
export type JsonObject = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The value as an object, or an empty one. */
export const objectAt = (value: unknown, ...path: readonly string[]): JsonObject => {
  let current = value;
  for (const field of path) {
    current = isObject(current) ? current[field] : undefined;
  }
  return isObject(current) ? current : {};
};

export const listAt = (value: unknown, ...path: readonly string[]): readonly JsonObject[] => {
  const list = objectAt(value, ...path.slice(0, -1))[path.at(-1) ?? ''];
  return Array.isArray(list) ? list.filter(isObject) : [];
};

/** A copy without the fields that are `undefined`. */
export const defined = (object: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));

export const without = (object: JsonObject, ...fields: readonly string[]): JsonObject =>
  Object.fromEntries(Object.entries(object).filter(([field]) => !fields.includes(field)));

/** For sorting texts by their code units. */
export const byText = (a: string, b: string): number => {
  if (a === b) {
    return 0;
  }
  return a < b ? -1 : 1;
};
