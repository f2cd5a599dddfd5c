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
