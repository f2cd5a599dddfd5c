import type { Build } from './build.ts';

export type Cancellation = Required<Pick<Build, 'cancelledBy'>> & Pick<Build, 'reason' | 'ended'>;

/** The beginning of an import. */
export type Import = Required<Pick<Build, 'imported'>> & Pick<Build, 'started' | 'actor'>;

export interface Builds {
  list(app: string, limit: number): Promise<readonly Build[]>;
  find(app: string, id: string): Promise<Build | undefined>;
  /** Puts the build under the app's next sequence. */
  create(build: Omit<Build, 'id'>): Promise<Build>;
  /** Changes a build that has not ended; throws `ConflictError` when it has. */
  change(app: string, id: string, change: Partial<Build>): Promise<Build>;
  /** Ends a build as failed; throws `ConflictError` when it has ended or is committed. */
  cancel(app: string, id: string, end: Cancellation): Promise<Build>;
  /** An external build goes on in the cluster; throws `ConflictError` unless it is `created`. */
  beginImport(app: string, id: string, begin: Import): Promise<Build>;
  /** The first release of a complete build; throws `ConflictError` when it has another one. */
  nameRelease(app: string, id: string, release: string): Promise<Build>;
}

/** Starts the `build` state machine. Starting the same build twice is the same as once. */
export interface BuildRuns {
  start(build: { readonly app: string; readonly id: string }): Promise<void>;
  isRunning(build: { readonly app: string; readonly id: string }): Promise<boolean>;
}
