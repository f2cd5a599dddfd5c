import type { App, Policy } from './app.ts';

export interface Apps {
  list(): Promise<readonly App[]>;
  find(name: string): Promise<App | undefined>;
  /** Throws `ConflictError` when the name is taken, or an earlier app of it is just being cleared away. */
  create(app: App): Promise<void>;
  change(name: string, change: { locked?: boolean; policy?: Policy }): Promise<void>;
  markDeleting(name: string): Promise<void>;
  /** Removes the app and every record under it, and notes that the rest of it is to be cleared away. */
  remove(name: string): Promise<void>;
  /** Removes the records alone: what the app runs, and its images, are left where they are. */
  forget(name: string): Promise<void>;
}

/** The app's data key in the clear: what encrypts its environments and keys its fingerprints. */
export interface DataKeys {
  open(app: Pick<App, 'name' | 'dataKey'>): Promise<Uint8Array>;
}
