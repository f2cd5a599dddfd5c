/** Immutable: a build, an environment and a manifest. Only whether it is kept changes. */
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
  /** Kept until somebody takes the pin away. */
  readonly pinned?: boolean;
  /** When it expired. Its environment and manifest are empty from then on; its images are gone, or going. */
  readonly expired?: string;
}

/** As lists have it: whoever may list may not read environments. */
export type ListedRelease = Omit<Release, 'env'>;
