import type { App, Policy } from './app.ts';

export interface Apps {
  list(): Promise<readonly App[]>;
  find(name: string): Promise<App | undefined>;
  /** Throws `ConflictError` when the name is taken. */
  create(app: App): Promise<void>;
  change(name: string, change: { locked?: boolean; policy?: Policy }): Promise<void>;
  markDeleting(name: string): Promise<void>;
  /** Removes the app and every record under it. */
  remove(name: string): Promise<void>;
}

/** The app's data key in the clear: what encrypts its environments and keys its fingerprints. */
export interface DataKeys {
  open(app: Pick<App, 'name' | 'dataKey'>): Promise<Uint8Array>;
}
