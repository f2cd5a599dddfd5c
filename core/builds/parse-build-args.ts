import { InvalidRequestError } from '../errors.ts';

/**
 * Build arguments as clients send them: a list, or Convox's one string of `K=V` joined by commas
 * or written like a query string.
 * @throws InvalidRequestError in Convox's words.
 */
export const parseBuildArgs = (
  args: string | readonly string[] | undefined
): Readonly<Record<string, string>> => {
  const list = typeof args === 'string' ? splitArgs(args) : (args ?? []);
  return Object.fromEntries(
    list.map((entry) => {
      const at = entry.indexOf('=');
      if (at < 1) throw new InvalidRequestError(`invalid build args:${entry}`);
      return [entry.slice(0, at), entry.slice(at + 1)];
    })
  );
};

const splitArgs = (text: string): readonly string[] => {
  if (!text) return [];
  if (!text.includes('&')) return text.split(',');
  return [...new URLSearchParams(text)].map(([name, value]) => `${name}=${value}`);
};
