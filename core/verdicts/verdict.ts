/** What the engine concludes from the cluster. */
export type Verdict =
  | { readonly kind: 'progressing'; readonly waiting: string }
  | { readonly kind: 'active' }
  | Failure;

export interface Failure {
  readonly kind: 'failed';
  /** A code: `CrashLoop`, `ImageNotFound`, `NeverReady` … */
  readonly reason: string;
  /** One sentence for people: which service, which process, what happened. */
  readonly cause: string;
  readonly service: string;
  readonly process: string | undefined;
}

/**
 * How long conditions have held, in milliseconds of *observed* time: a clock that stands still
 * while the cluster can't be seen, so that an outage condemns nobody.
 */
export interface Memory {
  readonly clock: number;
  /** A condition (`running web-1/app`) and the clock when it was first seen to hold. */
  readonly since: Readonly<Record<string, number>>;
  /** The best that each service has reached (see `reached`), and the clock then. */
  readonly progress: Readonly<Record<string, Progress>>;
  /** Exits of a container (`web-1/app`) that are forgiven, since it has run well after them. */
  readonly forgiven: Readonly<Record<string, number>>;
}

export interface Progress {
  readonly best: readonly number[];
  readonly at: number;
  /** Processes that the release began with: what an autoscaler adds is beyond its doing. */
  readonly wanted?: number | undefined;
}

export const freshMemory: Memory = { clock: 0, since: {}, progress: {}, forgiven: {} };
