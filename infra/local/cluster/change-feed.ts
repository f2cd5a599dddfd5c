import type { RecordedChange } from './change-history.ts';

export type ChangeListener = (change: RecordedChange) => void;

const everyResource = '*';

/** One listener's bug must not keep a change from the others, nor fail the writer. */
const deliverTo = (listener: ChangeListener, change: RecordedChange): void => {
  try {
    listener(change);
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
};

/** Hands changes to listeners, synchronously and in the order they were made. */
export class ChangeFeed {
  readonly #listeners = new Map<string, Set<ChangeListener>>();
  readonly #undelivered: RecordedChange[] = [];

  subscribe(resource: string, listener: ChangeListener): () => void {
    const listeners = this.#listeners.get(resource) ?? new Set<ChangeListener>();
    this.#listeners.set(resource, listeners);
    listeners.add(listener);
    return () => {
      listeners.delete(listener);
    };
  }

  subscribeAll(listener: ChangeListener): () => void {
    return this.subscribe(everyResource, listener);
  }

  /** A listener may write: its change waits until every listener has seen the one before it. */
  publish(change: RecordedChange): void {
    this.#undelivered.push(change);
    if (this.#undelivered.length > 1) {
      return;
    }
    for (let next = this.#undelivered[0]; next !== undefined; next = this.#undelivered[0]) {
      this.#deliver(next);
      this.#undelivered.shift();
    }
  }

  #deliver(change: RecordedChange): void {
    for (const key of [change.resource, everyResource]) {
      for (const listener of [...(this.#listeners.get(key) ?? [])]) {
        deliverTo(listener, change);
      }
    }
  }
}
