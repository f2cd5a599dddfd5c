import { createHmac } from 'node:crypto';

/** JSON with sorted keys and without undefined: equal values give equal text. */
export const canonical = (value: unknown): string => JSON.stringify(sorted(value));

const sorted = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, field]) => field !== undefined)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, field]) => [key, sorted(field)])
  );
};

/** Keyed, because a plain hash of an environment could be guessed from outside. */
export const fingerprint = (key: Uint8Array, value: unknown): string =>
  createHmac('sha256', key).update(canonical(value)).digest('hex');
