import { memoryOfGroups } from '../host/process-group.ts';

const interval = 1000;

interface Watched {
  readonly limit: number;
  readonly onExceeded: () => void;
}

/** Stands in for the kernel's memory cgroups: looks once a second, on Linux. */
export class MemoryWatch {
  readonly #groups = new Map<number, Watched>();
  readonly #measure: () => ReadonlyMap<number, number>;
  #timer: NodeJS.Timeout | undefined;

  constructor(measure: () => ReadonlyMap<number, number> = memoryOfGroups) {
    this.#measure = measure;
  }

  /** Calls back once when the group holds more than `limit` bytes. Returns the way to stop. */
  watch(group: number, limit: number, onExceeded: () => void): () => void {
    this.#groups.set(group, { limit, onExceeded });
    this.#timer ??= setInterval(() => this.check(), interval).unref();
    return () => this.#forget(group);
  }

  check(): void {
    const memory = this.#measure();
    for (const [group, { limit, onExceeded }] of [...this.#groups]) {
      if ((memory.get(group) ?? 0) > limit) {
        this.#forget(group);
        onExceeded();
      }
    }
  }

  #forget(group: number): void {
    this.#groups.delete(group);
    if (this.#groups.size === 0) {
      clearInterval(this.#timer);
      this.#timer = undefined;
    }
  }
}
