import type { Clock } from '../clock.ts';
import type { ImageStore } from '../registries/ports.ts';
import type { RetentionRecords, StoredDocuments } from './ports.ts';

export interface ClearGoneAppDependencies {
  readonly retention: Pick<RetentionRecords, 'holdName' | 'releaseName'>;
  readonly images: Pick<ImageStore, 'removeApp'>;
  readonly storedDocuments: Pick<StoredDocuments, 'removeAll'>;
  readonly clock: Clock;
}

/** Whoever holds a name has stopped by then: no function runs for longer. */
const holdFor = 16 * 60_000;

/**
 * Removes the repositories and documents of an app that was deleted. Its
 * name can't be taken meanwhile: what a new app of the name has pushed must not go with the old one's. If
 * it has been taken already, the new app's own sweeps clear away what the old one has left.
 */
export const clearGoneApp =
  ({ retention, images, storedDocuments, clock }: ClearGoneAppDependencies) =>
  async (app: string): Promise<'gone' | 'taken' | 'busy'> => {
    const from = clock();
    const hold = { from, until: from + holdFor };
    const state = await retention.holdName(app, hold);
    if (state !== 'held') return state;
    let gone = false;
    try {
      await storedDocuments.removeAll(app);
      await images.removeApp(app);
      gone = true;
    } finally {
      // A registry that is away must not keep anybody from making the app again.
      await retention.releaseName(app, hold, { gone });
    }
    return 'gone';
  };
