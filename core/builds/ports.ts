import type { Build } from './build.ts';

export interface Builds {
  list(app: string, limit: number): Promise<readonly Build[]>;
  find(app: string, id: string): Promise<Build | undefined>;
  create(build: Build): Promise<void>;
  /** Changes a build that has not ended; throws `ConflictError` when it has. */
  change(app: string, id: string, change: Partial<Build>): Promise<Build>;
}

/** Starts the `build` state machine. Starting the same build twice is the same as once. */
export interface BuildRuns {
  start(build: { readonly app: string; readonly id: string }): Promise<void>;
}
