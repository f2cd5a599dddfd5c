const gap = '  ';

/** Columns as wide as their widest cell, two spaces between them, the last one not padded. */
export const table = (header: readonly string[], rows: readonly (readonly string[])[]): string => {
  const lines = [header, ...rows];
  const widths = header.map((_, column) =>
    Math.max(...lines.map((cells) => cells[column]?.length ?? 0))
  );
  return lines.map((cells) => line(cells, widths)).join('\n');
};

const line = (cells: readonly string[], widths: readonly number[]): string =>
  cells
    .map((cell, column) => (column < cells.length - 1 ? cell.padEnd(widths[column] ?? 0) : cell))
    .join(gap);

/** `Header  value` lines; the later lines of a value are indented to the value's column. */
export const info = (pairs: readonly (readonly [header: string, value: string])[]): string => {
  const width = Math.max(...pairs.map(([header]) => header.length));
  const indent = `\n${' '.repeat(width)}${gap}`;
  return pairs
    .map(([header, value]) => `${header.padEnd(width)}${gap}${value.replaceAll('\n', indent)}`)
    .join('\n');
};
