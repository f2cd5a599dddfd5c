const around = 2;

/** The lines around a failure, as BuildKit shows them. `line` is from 1. */
export const excerpt = (text: string, filename: string, line: number): readonly string[] => {
  const lines = text.split(/\r?\n/);
  const first = Math.max(1, line - around);
  const last = Math.min(lines.length, line + around);
  const shown = lines.slice(first - 1, last).map((content, at) => {
    const number = first + at;
    return `${String(number).padStart(4)} | ${number === line ? '>>> ' : '    '}${content}`;
  });
  const rule = '-'.repeat(20);
  return [`${filename}:${line}`, rule, ...shown, rule];
};
