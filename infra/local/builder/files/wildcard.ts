const tokens = /\*|\?|\[\^?(?:\\.|[^\]\\])+\]|\\.|./gs;

const translate = (token: string): string => {
  if (token === '*') return '[^/]*';
  if (token === '?') return '[^/]';
  if (token.length > 1 && token.startsWith('[')) return token;
  return (token.length > 1 ? token.slice(1) : token).replace(/[.*+?^${}()|[\]\\/]/, '\\$&');
};

export const hasWildcard = (name: string): boolean => /[*?[\\]/.test(name);

/** One part of a path against Go's filepath.Match, which COPY uses: `*`, `?`, `[a-z]`, and `\` to quote. */
export const matchesWildcard = (pattern: string, name: string): boolean =>
  new RegExp(`^${pattern.replaceAll(tokens, translate)}$`, 's').test(name);
