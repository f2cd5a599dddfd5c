import type { Build } from '../builds/build.ts';
import type { History, Watermark } from './history.ts';
import type { ExpiryPlan } from './plan-expiry.ts';

/** The table's side of retention. */
export interface RetentionRecords {
  /** Apps by name, the one that was looked after longest ago first; not those that are going. */
  apps(): Promise<readonly string[]>;
  /** All apps, also those that are going, with the last number that each has given to what it began. */
  sequences(): Promise<ReadonlyMap<string, number>>;
  /** Builds of an app that have not expired; newest first. */
  keptBuilds(app: string): Promise<readonly Build[]>;
  /** Undefined for an app that is not there, or going. */
  read(app: string): Promise<History | undefined>;
  /**
   * Marks releases and builds as expired at a time (RFC 3339), unless the app is not as it was read any
   * more or one of the releases was pinned: then false, and only some of them may be marked. Once it is
   * marked, nothing can be made of a release or build again, and its environment and manifest are gone.
   */
  expire(app: Watermark, plan: ExpiryPlan, at: string): Promise<boolean>;
  /** Whether nothing has been begun since the app was read. */
  isUnchanged(history: History): Promise<boolean>;
  /** Removes stories and checkpoints, by the ids of builds and promotions. */
  removeStories(app: string, ids: readonly string[]): Promise<void>;
  /** Nothing is left of these expired releases and builds but their records. */
  settle(app: string, ids: readonly string[]): Promise<void>;
  /** Notes when an app was looked after (RFC 3339). */
  note(app: string, at: string): Promise<void>;
  /** Apps that were deleted, and may have left something behind. */
  gone(): Promise<readonly string[]>;
  /**
   * Keeps the name of a deleted app from being taken for a time (ms). `taken`: there is an app of the name
   * again; `busy`: somebody else holds it.
   */
  holdName(app: string, hold: NameHold): Promise<'held' | 'taken' | 'busy'>;
  /**
   * Frees the name, unless somebody else holds it by now. `gone`: nothing of the deleted app is left, and
   * its note goes; else somebody comes back for the rest.
   */
  releaseName(app: string, hold: NameHold, what: { readonly gone: boolean }): Promise<void>;
}

/** Milliseconds since 1970. */
export interface NameHold {
  readonly from: number;
  readonly until: number;
}

/** An object of an app in the bucket. */
export interface StoredDocument {
  /** Under the app: `builds/B…/log`. */
  readonly key: string;
  /** Milliseconds since 1970. */
  readonly written: number;
}

/** The bucket's side of retention. */
export interface StoredDocuments {
  list(app: string): Promise<readonly StoredDocument[]>;
  remove(app: string, keys: readonly string[]): Promise<void>;
  /** All that is stored under the app's name, its chunks included. */
  removeAll(app: string): Promise<void>;
}
