import { hashToken } from '#core/tokens/identify.ts';
import type { Token, Tokens } from '#core/tokens/token.ts';

export class InMemoryTokens implements Tokens {
  readonly #tokens = new Map<string, Token>();
  /** How often somebody looked. */
  reads = 0;

  add(secret: string, token: Token): void {
    this.#tokens.set(hashToken(secret), token);
  }

  revoke(secret: string): void {
    this.#tokens.delete(hashToken(secret));
  }

  async find(hash: string): Promise<Token | undefined> {
    this.reads += 1;
    return this.#tokens.get(hash);
  }
}
