import type { StoredObject } from './object-store.ts';

const freezeDeep = (value: unknown): void => {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) {
    return;
  }
  Object.freeze(value);
  for (const part of Object.values(value)) {
    freezeDeep(part);
  }
};

/** A frozen deep copy with nothing in it but JSON (`undefined` fields go, a `Date` becomes text). */
export const frozenCopy = (object: unknown): StoredObject => {
  const copy = JSON.parse(JSON.stringify(object)) as StoredObject;
  freezeDeep(copy);
  return copy;
};
