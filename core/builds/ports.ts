import type { Build } from './build.ts';

export type Cancellation = Required<Pick<Build, 'cancelledBy'>> & Pick<Build, 'reason' | 'ended'>;

export interface Builds {
  list(app: string, limit: number): Promise<readonly Build[]>;
  find(app: string, id: string): Promise<Build | undefined>;
  /** Puts the build under the app's next sequence. */
  create(build: Omit<Build, 'id'>): Promise<Build>;
  /** Changes a build that has not ended; throws `ConflictError` when it has. */
  change(app: string, id: string, change: Partial<Build>): Promise<Build>;
  /** Ends a build as failed; throws `ConflictError` when it has ended or is committed. */
  cancel(app: string, id: string, end: Cancellation): Promise<Build>;
}

/** Starts the `build` state machine. Starting the same build twice is the same as once. */
export interface BuildRuns {
  start(build: { readonly app: string; readonly id: string }): Promise<void>;
  isRunning(build: { readonly app: string; readonly id: string }): Promise<boolean>;
}
