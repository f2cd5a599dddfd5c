import type { App } from '../apps/app.ts';
import type { Build } from '../builds/build.ts';
import type { Release } from '../releases/release.ts';

/** What an app is made of again. */
export interface AdoptedApp {
  /** With its active release. */
  readonly app: App;
  readonly release: Release;
  readonly build: Build | undefined;
  /** The highest that any object in the cluster carries: the next holder is above it. */
  readonly fence: number;
}

export interface Adoptions {
  /**
   * Puts the app and its records there under the ids that they had, all or nothing.
   * Throws `ConflictError` when the app exists or a promotion holds its name.
   */
  restore(adopted: AdoptedApp): Promise<void>;
}

export interface AdoptedKeys {
  /** A new data key, wrapped. */
  make(app: string): Promise<string>;
  /** Whether the app's data key is one of this rack's. Throws when that can't be found out. */
  opens(app: App): Promise<boolean>;
}
