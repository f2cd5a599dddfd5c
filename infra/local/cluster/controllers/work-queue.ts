/**
 * Runs `work` for a key soon after it was added, once however often it was added, and never inside
 * the write that caused it.
 */
export class WorkQueue {
  readonly #work: (key: string) => void;
  readonly #waiting = new Set<string>();
  readonly #timers = new Map<string, NodeJS.Timeout>();
  #turn: NodeJS.Immediate | undefined;

  constructor(work: (key: string) => void) {
    this.#work = work;
  }

  add(key: string): void {
    this.#waiting.add(key);
    this.#turn ??= setImmediate(() => this.#run());
  }

  /** Adds the key after `ms`; an earlier time for the same key gives way. */
  addAfter(key: string, ms: number): void {
    clearTimeout(this.#timers.get(key));
    const timer = setTimeout(() => {
      this.#timers.delete(key);
      this.add(key);
    }, ms);
    timer.unref();
    this.#timers.set(key, timer);
  }

  close(): void {
    clearImmediate(this.#turn);
    for (const timer of this.#timers.values()) {
      clearTimeout(timer);
    }
    this.#timers.clear();
    this.#waiting.clear();
  }

  #run(): void {
    this.#turn = undefined;
    const keys = [...this.#waiting];
    this.#waiting.clear();
    for (const key of keys) {
      this.#work(key);
    }
  }
}
