import { setTimeout as delay } from 'node:timers/promises';

/** Time as the node agent sees it, so that tests need not wait for real back-offs. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Resolves after `milliseconds`, or at once when `signal` aborts; it never rejects. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: async (milliseconds, signal) => {
    try {
      await delay(Math.max(0, milliseconds), undefined, signal === undefined ? {} : { signal });
    } catch (error) {
      if (!signal?.aborted) {
        throw error;
      }
    }
  },
};

/** A `metav1.Time` in JSON: whole seconds. */
export const kubernetesTime = (milliseconds: number): string =>
  new Date(milliseconds).toISOString().replace(/\.\d+Z$/, 'Z');
