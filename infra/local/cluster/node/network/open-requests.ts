/** How many requests each host port is answering now, so that a pod can finish them before it stops. */
export class OpenRequests {
  readonly #counts = new Map<number, number>();
  readonly #waiting = new Map<number, Set<() => void>>();

  begin(port: number): void {
    this.#counts.set(port, (this.#counts.get(port) ?? 0) + 1);
  }

  end(port: number): void {
    const left = (this.#counts.get(port) ?? 1) - 1;
    if (left > 0) {
      this.#counts.set(port, left);
      return;
    }
    this.#counts.delete(port);
    for (const resolve of this.#waiting.get(port) ?? []) {
      resolve();
    }
    this.#waiting.delete(port);
  }

  /** Resolves when none of the ports has a request open. */
  async none(ports: Iterable<number>): Promise<void> {
    await Promise.all([...ports].map((port) => this.#idle(port)));
  }

  #idle(port: number): Promise<void> {
    if (!this.#counts.has(port)) {
      return Promise.resolve();
    }
    return new Promise((resolve) => {
      const waiting = this.#waiting.get(port) ?? new Set();
      waiting.add(resolve);
      this.#waiting.set(port, waiting);
    });
  }
}
