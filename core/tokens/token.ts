export type Role = 'read' | 'deploy' | 'admin';

/** Who is calling. Kept under the SHA-256 of the token; the token itself is kept nowhere. */
export interface Token {
  readonly name: string;
  readonly role: Role;
  /** Only this app, when given. */
  readonly app?: string | undefined;
  /** RFC 3339; no end when missing. */
  readonly expires?: string | undefined;
}

export interface Tokens {
  /** By the token's SHA-256 in hex. */
  find(hash: string): Promise<Token | undefined>;
}

const deploy: ReadonlySet<string> = new Set([
  'env:read',
  'env:write',
  'build:write',
  'release:write',
  'promote',
  'process:write',
]);

/** What a role may do: `read` looks, `deploy` changes what runs, `admin` also makes, locks and removes
 * apps, sets what their manifests may ask for, and looks after the rack's registries. */
export const mayDo = (role: Role, permission: string): boolean => {
  if (role === 'admin') return true;
  if (permission !== 'env:read' && permission.endsWith(':read')) return true;
  return role === 'deploy' && deploy.has(permission);
};

export const isExpired = (token: Token, now: number): boolean =>
  token.expires !== undefined && Date.parse(token.expires) <= now;

/** The name under which a change is recorded. */
export const actorName = (caller: Token | undefined): string => caller?.name ?? '';
