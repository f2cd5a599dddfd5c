/** What came of the requests of one phase. */
export interface Tally {
  readonly requests: number;
  /** Each kind of failure and how often: an error's code, `timeout`, `status 503`. */
  readonly failures: Readonly<Record<string, number>>;
  /** The longest time without a good answer, milliseconds. */
  readonly longestGap: number;
}

export type Tallies = Readonly<Record<string, Tally>>;

/** Counts answers by phases; a request belongs to the phase in which it ends. */
export class PhaseTally {
  readonly #phases = new Map<string, { -readonly [Key in keyof Tally]: Tally[Key] }>();
  readonly #clock: () => number;
  #phase: string;
  #lastGood: number;
  #failedInARow = 0;
  #losing: { readonly after: number; readonly signal: AbortController } | undefined;

  constructor(phase: string, clock: () => number = () => performance.now()) {
    this.#clock = clock;
    this.#phase = phase;
    this.#lastGood = clock();
  }

  /** Aborted once so many requests have failed one after the other. */
  lost(after: number): AbortSignal {
    this.#losing = { after, signal: new AbortController() };
    return this.#losing.signal.signal;
  }

  begin(phase: string): void {
    this.#phase = phase;
  }

  /** `failure` is its kind; without one the answer was good. */
  count(failure?: string): void {
    const tally = this.#phases.get(this.#phase) ?? { requests: 0, failures: {}, longestGap: 0 };
    const gap = this.#clock() - this.#lastGood;
    this.#phases.set(this.#phase, tally);
    tally.requests += 1;
    tally.longestGap = Math.max(tally.longestGap, gap);
    this.#failedInARow = failure === undefined ? 0 : this.#failedInARow + 1;
    if (failure === undefined) this.#lastGood = this.#clock();
    else tally.failures = { ...tally.failures, [failure]: (tally.failures[failure] ?? 0) + 1 };
    const { after = Number.POSITIVE_INFINITY, signal } = this.#losing ?? {};
    if (this.#failedInARow >= after) signal?.abort();
  }

  get tallies(): Tallies {
    return Object.fromEntries(this.#phases);
  }
}
