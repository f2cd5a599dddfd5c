import { byCodeUnit } from '../by-code-unit.ts';

export type Variables = ReadonlyMap<string, string>;

/** Convox's env text: one `KEY=VALUE` per line, values raw; a line without a key says nothing. */
export const parseVariables = (text: string): Variables =>
  new Map(text.split(/\r?\n/).flatMap((line) => parseVariable(line) ?? []));

/** One `KEY=VALUE`, as entries; undefined when there is no `=` or no key. */
export const parseVariable = (line: string): [[key: string, value: string]] | undefined => {
  const at = line.indexOf('=');
  const key = line.slice(0, Math.max(at, 0)).trim();
  return key ? [[key, line.slice(at + 1)]] : undefined;
};

/** Sorted `KEY=VALUE` lines. */
export const formatVariables = (variables: Variables): string =>
  [...variables]
    .map(([key, value]) => `${key}=${value}`)
    .sort(byCodeUnit)
    .join('\n');
