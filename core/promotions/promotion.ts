/** The five ends of a promotion. */
export type Outcome = 'Promoted' | 'RolledBack' | 'Reverted' | 'Refused' | 'Degraded';

export type PromotionStatus = 'queued' | 'running' | 'waiting' | 'rolling-back' | Outcome;

export interface ServiceProgress {
  readonly service: string;
  readonly desired: number;
  readonly updated: number;
  readonly ready: number;
  readonly old: number;
  /** What it waits for, in one line; empty when it is done. */
  readonly waiting: string;
}

/** One attempt to make a release active. */
export interface Promotion {
  readonly id: string;
  readonly app: string;
  readonly release: string;
  /** The release that was active when it started: where a rollback goes. Empty for the first one. */
  readonly previous: string;
  readonly status: PromotionStatus;
  /** A code such as `CrashLoop`. */
  readonly reason: string;
  /** A sentence for people. */
  readonly cause: string;
  /** What it waited for the last time, in one line: `at https://… does not answer: waiting for it`. */
  readonly waiting?: string;
  readonly services: readonly ServiceProgress[];
  readonly started: string;
  readonly ended: string;
  readonly actor: string;
  /** Executions that have worked on it; a new one takes over when one died. 0: none yet. */
  readonly attempt: number;
  /** What ran when it was put in the queue. Absent: it never had to wait. */
  readonly behind?: { readonly promotion: string; readonly release: string } | undefined;
  /** Seconds without progress after which it is rolled back, for all services; else as each says. */
  readonly timeout?: number | undefined;
  /** Percent of the processes during the update, for all services; else as each says. */
  readonly minimum?: number | undefined;
  readonly maximum?: number | undefined;
  /** Take fields over that another field manager has changed. Absent: no. */
  readonly forceConflicts?: boolean | undefined;
}

const ends: ReadonlySet<string> = new Set<Outcome>([
  'Promoted',
  'RolledBack',
  'Reverted',
  'Refused',
  'Degraded',
]);

export const isEnded = (promotion: { readonly status: PromotionStatus }): boolean =>
  ends.has(promotion.status);
