/** The known key that is most like the one given, or none when nothing is close enough to be meant. */
export const nearestKey = (key: string, known: readonly string[]): string | undefined => {
  const reach = Math.min(3, Math.ceil(key.length / 3));
  const close = known
    .filter((it) => Math.abs(it.length - key.length) <= reach)
    .map((it) => ({ key: it, distance: editDistance(key.toLowerCase(), it.toLowerCase()) }))
    .filter(({ distance }) => distance <= reach)
    .sort((one, other) => one.distance - other.distance);
  return close[0]?.key;
};

/** Levenshtein's distance, row by row. Here because the core takes no dependency for ten lines. */
export const editDistance = (one: string, other: string): number => {
  let row = Array.from({ length: other.length + 1 }, (_, column) => column);
  for (const letter of one) row = nextRow(row, letter, other);
  return row.at(-1) ?? 0;
};

const nextRow = (row: readonly number[], letter: string, other: string): number[] => {
  const [first = 0, ...rest] = row;
  const next = [first + 1];
  for (const [index, above] of rest.entries()) {
    const swap = (row[index] ?? 0) + (letter === other[index] ? 0 : 1);
    next.push(Math.min(swap, above + 1, (next[index] ?? 0) + 1));
  }
  return next;
};
