import type { Clock } from '#core/clock.ts';

export interface HeldToken {
  readonly token: string;
  /** Milliseconds since 1970. */
  readonly until: number;
}

/** One that is used now has to last until the answer is there. */
const margin = 5 * 60_000;

/** Tokens by what they are for, kept until shortly before their end; in memory only. */
export class HeldTokens {
  readonly #held = new Map<string, Promise<HeldToken>>();
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Callers at the same time share one request; a failed one is not kept. */
  async get(name: string, make: () => Promise<HeldToken>): Promise<string> {
    const holding = this.#held.get(name);
    if (!holding) return this.#keep(name, make());
    const { token, until } = await holding;
    if (until - margin > this.#clock()) return token;
    if (this.#held.get(name) === holding) this.#held.delete(name);
    return this.get(name, make);
  }

  async #keep(name: string, making: Promise<HeldToken>): Promise<string> {
    this.#held.set(name, making);
    try {
      return (await making).token;
    } catch (error) {
      if (this.#held.get(name) === making) this.#held.delete(name);
      throw error;
    }
  }

  forget(): void {
    this.#held.clear();
  }
}
