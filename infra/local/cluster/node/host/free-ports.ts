import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** Below the range from which systems take ports of outgoing connections: those come and go. */
const lowest = 20_000;
const highest = 32_000;

/** Gives out TCP ports of 127.0.0.1 that are free and that nobody else was given. */
export class FreePorts {
  readonly #taken = new Set<number>();

  async take(): Promise<number> {
    for (;;) {
      const port = randomInt(lowest, highest);
      if (this.#taken.has(port)) {
        continue;
      }
      this.#taken.add(port);
      if (await isFree(port)) {
        return port;
      }
      this.#taken.delete(port);
    }
  }

  release(ports: Iterable<number>): void {
    for (const port of ports) {
      this.#taken.delete(port);
    }
  }
}

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
