import type { ListedRelease, Release } from './release.ts';

export interface Releases {
  /** Newest first. */
  list(app: string, limit: number): Promise<readonly ListedRelease[]>;
  find(app: string, id: string): Promise<Release | undefined>;
  latest(app: string): Promise<Release | undefined>;
  /**
   * Puts the release under the next sequence of the app, in one transaction, if `basedOn` is still
   * the latest one. Throws `NewerReleaseError` when it is not, `ExpiredError` when its build has expired.
   */
  create(release: Omit<Release, 'id'>, basedOn: string | undefined): Promise<Release>;
  /**
   * Keeps a release, or leaves it to expire. Throws `ExpiredError` for one that has expired,
   * `NotFoundError`.
   */
  pin(app: string, id: string, pinned: boolean): Promise<ListedRelease>;
}
