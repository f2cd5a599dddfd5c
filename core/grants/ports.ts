import type { Grant } from './grant.ts';

export interface Grants {
  /** Newest first. */
  list(app: string, limit: number): Promise<readonly Grant[]>;
  /** Records a grant before its credential is made. Throws `NotFoundError` for an app that is going. */
  create(grant: Omit<Grant, 'id'>): Promise<Grant>;
  /** Notes that a grant was taken back; the first time counts. */
  markRevoked(app: string, id: string, at: string): Promise<void>;
}
