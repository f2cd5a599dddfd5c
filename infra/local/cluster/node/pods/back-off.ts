const firstDelay = 10_000;
const longestDelay = 300_000;

/** The kubelet's back-off: 10 s, doubled up to 300 s, from the start again after a calm 10 minutes. */
export class BackOff {
  #delay = 0;
  #lastUpdate = 0;

  /** How long the next try has to wait, counted from `event` (the exit, or the failed pull). */
  remaining(event: number, now: number): number {
    return this.#expired(event) ? 0 : Math.max(0, event + this.#delay - now);
  }

  /** The current delay in ms; zero as long as nothing has failed. */
  get delay(): number {
    return this.#delay;
  }

  /** Notes one more try. */
  next(now: number): void {
    const grown = this.#expired(now) || this.#delay === 0 ? firstDelay : this.#delay * 2;
    this.#delay = Math.min(grown, longestDelay);
    this.#lastUpdate = now;
  }

  #expired(at: number): boolean {
    return at - this.#lastUpdate > 2 * longestDelay;
  }
}

/** As Go prints a duration of whole seconds: `10s`, `1m20s`, `5m0s`. */
export const goDuration = (milliseconds: number): string => {
  const seconds = Math.round(milliseconds / 1000);
  return seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}m${seconds % 60}s`;
};
