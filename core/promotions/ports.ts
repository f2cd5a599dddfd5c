import type { StoryEvent } from '../events/event.ts';
import type { Outcome, Promotion, PromotionStatus, ServiceProgress } from './promotion.ts';

/** What the API needs of promotions: start one, read them, ask one to stop. */
export interface Promotions {
  /** Newest first. */
  list(app: string, filter: { release?: string; limit: number }): Promise<readonly Promotion[]>;
  find(app: string, id: string): Promise<Promotion | undefined>;
  /**
   * In one transaction: takes the app's lock, records the promotion under the next sequence, marks
   * the app as updating. Throws `AppUpdatingError` while another promotion holds the lock.
   */
  begin(promotion: Omit<Promotion, 'id'>): Promise<Promotion>;
  /**
   * In one transaction: records the promotion as waiting for the one that holds the app, in place of
   * another that waits. `force` asks the running one to stop, unless it is past its point of no return.
   * Undefined when none runs (any more). Throws `AppUpdatingError` when a newer release waits, which
   * only `force` replaces.
   */
  queue(
    promotion: Omit<Promotion, 'id'>,
    options: { readonly force: boolean }
  ): Promise<Promotion | undefined>;
  /**
   * Asks the promotion that holds the app to stop, and ends the one that waits for it. Throws
   * `AppNotUpdatingError` if there is neither, `TooLateToCancelError` if there is only one past its
   * point of no return.
   */
  requestCancel(app: string, mode: CancelMode): Promise<void>;
  /** Counts one more execution of a promotion; false if somebody else just did. */
  countAttempt(run: Attempt): Promise<boolean>;
}

/** One execution of a promotion; the first is attempt 1. */
export interface Attempt {
  readonly app: string;
  readonly id: string;
  readonly attempt: number;
}

/** `cancel` rolls back; `abandon` frees the app without the cluster. */
export type CancelMode = 'cancel' | 'abandon';

/** Starts the `promote` state machine. The same attempt started twice is one execution. */
export interface PromotionRuns {
  start(run: Attempt): Promise<void>;
  /** Whether the execution of that attempt is still going on. */
  isRunning(run: Attempt): Promise<boolean>;
}

/** Proof of holding an app: every write of a task is conditional on it. */
export interface Hold {
  readonly app: string;
  readonly promotion: string;
  /** Only rises. A holder with a lower number has lost the app. */
  readonly fence: number;
}

export interface Acquired {
  readonly hold: Hold;
  /** Until then the previous holder may still write to the cluster; milliseconds since 1970. */
  readonly waitUntil: number;
}

/** How a promotion ended, and why if not well. */
export interface End {
  readonly outcome: Outcome;
  readonly reason: string;
  readonly cause: string;
}

export interface LastLines {
  readonly checkpoint: Checkpoint;
  readonly events: readonly StoryEvent[];
}

/** What the tasks of a promotion need of its record. Throws `SupersededError` when the hold is lost. */
export interface PromotionRecords {
  find(app: string, id: string): Promise<Promotion | undefined>;
  /** Raises the fence for this execution. Throws `SupersededError` if a later attempt has the app. */
  acquire(run: Attempt): Promise<Acquired>;
  /** Extends the lease and says whether somebody asked to stop. */
  renew(hold: Hold): Promise<{ readonly cancel: CancelMode | undefined }>;
  /** Changes the record (and the app's shown status) while holding. */
  change(
    hold: Hold,
    change: {
      readonly status?: PromotionStatus;
      readonly reason?: string;
      readonly cause?: string;
      readonly waiting?: string;
      readonly services?: readonly ServiceProgress[];
    }
  ): Promise<void>;
  /**
   * The point of no return: makes the release the app's active one, unless a cancel was requested
   * first, which is then answered with `cancelled`.
   */
  activate(hold: Hold, release: string): Promise<'activated' | 'cancelled'>;
  /**
   * Records the end and hands the app to the promotion that waits, or frees it, in one transaction:
   * nobody gets in between. The last lines of the story, at most 90, and their checkpoint go with it,
   * on the conditions of `saveCheckpoint`: who reads them reads the end as well. Settling again as the
   * same is no error.
   */
  settle(hold: Hold, end: End, last?: LastLines): Promise<void>;
  /** Kept between tasks and attempts: what a fresh execution needs to go on. */
  loadCheckpoint(app: string, id: string): Promise<Checkpoint | undefined>;
  /**
   * Keeps the checkpoint and the new lines of the story in one transaction that is conditional on
   * the fence, so that no line is lost or doubled when an execution is replaced. At most 90 events.
   * Throws `OvertakenError` unless the story stands where the checkpoint's lines begin: a task that
   * runs twice at once would write one line over another.
   */
  saveCheckpoint(hold: Hold, checkpoint: Checkpoint, events: readonly StoryEvent[]): Promise<void>;
}

/** An opaque JSON document of the promotion engine, with the version of its shape. */
export interface Checkpoint {
  readonly v: number;
  readonly [field: string]: unknown;
}
