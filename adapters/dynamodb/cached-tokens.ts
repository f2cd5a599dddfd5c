import type { Clock } from '#core/clock.ts';
import type { Token, Tokens } from '#core/tokens/token.ts';

/** A revoked token works for at most this long. */
const lifetime = 30_000;
const limit = 1_000;

/**
 * Keeps what was found for 30 seconds. It stands in for API Gateway's cache, which needs an
 * identity source and then answers requests without one by itself, in another error shape.
 */
export class CachedTokens implements Tokens {
  readonly #tokens: Tokens;
  readonly #clock: Clock;
  readonly #held = new Map<string, { readonly token: Token | undefined; readonly until: number }>();

  constructor(tokens: Tokens, clock: Clock) {
    this.#tokens = tokens;
    this.#clock = clock;
  }

  async find(hash: string): Promise<Token | undefined> {
    const held = this.#held.get(hash);
    if (held && held.until > this.#clock()) return held.token;
    const token = await this.#tokens.find(hash);
    if (this.#held.size >= limit) this.#held.clear();
    // Only known tokens are kept: one that has just been made must work at once.
    if (token) this.#held.set(hash, { token, until: this.#clock() + lifetime });
    return token;
  }
}
