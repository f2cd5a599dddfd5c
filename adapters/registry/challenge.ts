/** How a registry wants to be told who is asking: the `WWW-Authenticate` of its 401. */
export interface Challenge {
  readonly scheme: 'basic' | 'bearer';
  /** Where tokens are made. */
  readonly realm: string;
  readonly service: string;
  /** What a token is needed for, `repository:PATH:pull,push`; empty for none. */
  readonly scope: string;
}

export const parseChallenge = (header: string | null): Challenge | undefined => {
  const scheme = /^\s*(basic|bearer)\b/i.exec(header ?? '')?.[1]?.toLowerCase();
  if (scheme !== 'basic' && scheme !== 'bearer') return undefined;
  const fields = new Map(
    [...(header ?? '').matchAll(/(\w+)="([^"]*)"/g)].map(([, key, value]) => [key, value ?? ''])
  );
  const [realm = '', service = '', scope = ''] = ['realm', 'service', 'scope'].map((it) =>
    fields.get(it)
  );
  return { scheme, realm, service, scope };
};
