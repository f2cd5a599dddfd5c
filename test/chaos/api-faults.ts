import { setTimeout as pause } from 'node:timers/promises';
import type { ConformanceBed } from '../cluster/conformance/conformance-bed.ts';
import type { ApiFault } from './plan.ts';

interface Switch {
  readonly path: string;
  readonly [field: string]: unknown;
}

const switches: Readonly<Record<ApiFault, (path: string) => readonly Switch[]>> = {
  away: (path) => [{ path, disconnect: true }],
  // Longer than any answer is waited for.
  silent: (path) => [{ path, delayMs: 40_000 }],
  errors: (path) => [{ path, status: 503, probability: 0.6 }],
  slow: (path) => [{ path, delayMs: 700 }],
  conflicts: (path) => [{ path, method: 'PATCH', status: 409, probability: 0.5 }],
  'dropped-watches': () => [],
  expired: () => [],
};

/**
 * The fault switches of the embedded cluster, for one app's namespace at a time, so that runs don't
 * get into each other's way. A named cluster has none: there these faults do not strike.
 */
export class ApiFaults {
  readonly #bed: ConformanceBed;
  readonly #on = new Set<Switch>();
  readonly #ends = new Map<string, Promise<void>>();

  constructor(bed: ConformanceBed) {
    this.#bed = bed;
  }

  /** Switches on at once and off by itself. */
  async spoil(namespace: string, how: ApiFault, lasts: number): Promise<void> {
    if (!this.#bed.embedded) return;
    const added = switches[how](`/namespaces/${namespace}([/?]|$)`);
    for (const it of added) this.#on.add(it);
    const isWatch = how === 'dropped-watches' || how === 'expired' || how === 'away';
    await this.#set({ dropWatches: isWatch, expireHistory: how === 'expired' });
    if (added.length === 0) return;
    const before = this.#ends.get(namespace);
    this.#ends.set(
      namespace,
      pause(lasts).then(async () => {
        for (const it of added) this.#on.delete(it);
        await this.#set({});
        await before;
      })
    );
  }

  /** Until none is on any more: one may outlast the promotion, and is no answer to what is asked then. */
  async areOver(namespace: string): Promise<void> {
    await this.#ends.get(namespace);
  }

  async #set(once: object): Promise<void> {
    await this.#bed.api.call('PUT', '/_faults', { body: { ...once, faults: [...this.#on] } });
  }
}
