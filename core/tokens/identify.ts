import { createHash } from 'node:crypto';
import type { Clock } from '../clock.ts';
import { isExpired, type Token, type Tokens } from './token.ts';

export const hashToken = (token: string): string =>
  createHash('sha256').update(token).digest('hex');

/** Who a request header belongs to; undefined for a missing, unknown or expired token. */
export const identify =
  (deps: { readonly tokens: Tokens; readonly clock: Clock }) =>
  async (authorization: string | undefined): Promise<Token | undefined> => {
    for (const candidate of candidates(authorization ?? '')) {
      const token = await deps.tokens.find(hashToken(candidate));
      if (token && !isExpired(token, deps.clock())) return token;
    }
    return undefined;
  };

/**
 * Bearer, or Basic with the token as password. The stock client leaves the userinfo of RACK_URL
 * percent-encoded, so the raw text and its decoded form are both tried.
 */
const candidates = (authorization: string): readonly string[] => {
  const [, scheme = '', value = ''] = /^(\w+) +(.+)$/.exec(authorization.trim()) ?? [];
  if (scheme.toLowerCase() === 'bearer') return [value];
  if (scheme.toLowerCase() !== 'basic') return [];
  const userinfo = atobText(value);
  const password = userinfo.slice(userinfo.indexOf(':') + 1);
  return [...new Set([password, percentDecoded(password)])].filter((it) => it);
};

const atobText = (base64: string): string => {
  try {
    return atob(base64);
  } catch {
    return '';
  }
};

const percentDecoded = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};
