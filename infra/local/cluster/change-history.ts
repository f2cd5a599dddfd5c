import type { Change, StoredObject } from './object-store.ts';
import { expired } from './status-error.ts';

/** A change with what stood there before, which a watch with a selector needs to know. */
export interface RecordedChange extends Change {
  readonly previous?: StoredObject | undefined;
}

/** The last changes of the store, for watches that start at an older resourceVersion. */
export class ChangeHistory {
  readonly #limit: number;
  #changes: RecordedChange[] = [];
  /** Changes up to this resourceVersion are forgotten. */
  #forgotten: number;

  constructor(limit: number, start: number) {
    this.#limit = limit;
    this.#forgotten = start;
  }

  add(change: RecordedChange): void {
    this.#changes.push(change);
    if (this.#changes.length > this.#limit * 2) {
      this.forgetUpTo(this.#changes.at(-this.#limit - 1)?.resourceVersion ?? 0);
    }
  }

  /** Drops the changes up to a version, so that watches from before it answer 410. */
  forgetUpTo(resourceVersion: number): void {
    this.#changes = this.#changes.filter((change) => change.resourceVersion > resourceVersion);
    this.#forgotten = Math.max(this.#forgotten, resourceVersion);
  }

  /** Every change after `resourceVersion`. Throws `Expired` (410) when some of them are forgotten. */
  since(resourceVersion: number): readonly RecordedChange[] {
    if (resourceVersion < this.#forgotten) {
      throw expired(resourceVersion, this.#forgotten + 1);
    }
    return this.#changes.filter((change) => change.resourceVersion > resourceVersion);
  }
}
