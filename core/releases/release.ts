/** Immutable: a build, an environment and a manifest. */
export interface Release {
  readonly id: string;
  readonly app: string;
  readonly build: string;
  readonly manifest: string;
  readonly description: string;
  readonly created: string;
  readonly actor: string;
  /** Sorted `K=V` lines. Kept encrypted; never logged. */
  readonly env: string;
}

/** As lists have it: whoever may list may not read environments. */
export type ListedRelease = Omit<Release, 'env'>;
