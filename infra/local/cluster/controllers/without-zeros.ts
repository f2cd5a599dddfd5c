/** The API leaves out a count that is 0, so that clients have to expect that. */
export const withoutZeros = <T extends object>(counts: T): T =>
  Object.fromEntries(Object.entries(counts).filter(([, value]) => value !== 0)) as T;
