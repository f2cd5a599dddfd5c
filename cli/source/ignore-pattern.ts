export type Match = (path: string) => boolean;

/**
 * What one pattern of a .dockerignore matches, quirks included: after `compile` and `match` of
 * github.com/moby/patternmatcher, which takes a pattern with nothing but a leading or trailing `**` as
 * text, and translates others character by character. @throws SyntaxError for a pattern it refuses.
 */
export const matcherOf = (pattern: string): Match => {
  if (!valid.test(pattern)) throw new SyntaxError(`syntax error in pattern ${pattern}`);
  if (!/[*?[\]\\]/.test(pattern)) return (path) => path === pattern;
  return suffixMatcher(pattern) ?? prefixMatcher(pattern) ?? regExpMatcher(pattern);
};

/** `**.txt`, `**​/dir`: no folder is needed before it. */
const suffixMatcher = (pattern: string): Match | undefined => {
  const suffix = /^\*\*([^*?[\]\\]*)$/.exec(pattern)?.[1];
  if (suffix === undefined) return undefined;
  return (path) => path.endsWith(suffix) || `/${path}` === suffix;
};

/** `dir/**` */
const prefixMatcher = (pattern: string): Match | undefined => {
  const prefix = /^([^*?[\]\\]+)\*\*$/.exec(pattern)?.[1];
  return prefix === undefined ? undefined : (path) => path.startsWith(prefix);
};

const regExpMatcher = (pattern: string): Match => {
  const expression = new RegExp(`^${pattern.replaceAll(token, translate)}$`);
  return (path) => expression.test(path);
};

/** What Go's filepath.Match accepts: sets in brackets that are not empty, and no backslash at the end. */
const valid = /^(?:[^\\[]|\\.|\[\^?(?:(?:[^\]\\-]|\\.)(?:-(?:[^\]\\-]|\\.))?)+\])+$/su;

/** Moby means to escape `|`, `{` and `}` as well, but its table ends before them. */
const token = /\*\*\/?|[*?]|\\(.)|[.+()$]/gsu;

const wildcards: Readonly<Record<string, string>> = {
  '**': '(.*/)?',
  '**/': '(.*/)?',
  '*': '[^/]*',
  '?': '(?:[\\ud800-\\udbff][\\udc00-\\udfff]|[^/])',
};

const translate = (found: string, escaped: string | undefined, ...place: unknown[]): string => {
  const [at, pattern] = place as [number, string];
  if (escaped !== undefined) return literal(escaped);
  if (found.startsWith('**') && at + found.length === pattern.length) return '.*';
  return wildcards[found] ?? `\\${found}`;
};

/** A letter or digit behind a backslash is not itself in a regular expression of Go: `\d` is any digit. */
const literal = (character: string): string => {
  if (!/[\p{L}\p{N}]/u.test(character) || /[dDsSwWbBfnrtv]/.test(character))
    return `\\${character}`;
  throw new SyntaxError(`\\${character} means nothing`);
};
