import type { Clock } from '../clock.ts';
import { ConflictError } from '../errors.ts';
import type { ImageStore } from '../registries/ports.ts';
import type { RetentionRecords, StoredDocuments } from './ports.ts';
import {
  userOf,
  type WantedElsewhere,
  type WantedElsewhereDependencies,
  wantedElsewhere,
} from './wanted-elsewhere.ts';

export interface ClearGoneAppDependencies extends WantedElsewhereDependencies {
  readonly retention: Pick<
    RetentionRecords,
    'holdName' | 'releaseName' | 'sequences' | 'keptBuilds'
  >;
  readonly images: Pick<ImageStore, 'list' | 'removeApp'>;
  readonly storedDocuments: Pick<StoredDocuments, 'removeAll'>;
  readonly clock: Clock;
}

/** Whoever holds a name has stopped by then: no function runs for longer. */
const holdFor = 16 * 60_000;

/**
 * Removes the repositories and documents of an app that was deleted. Its
 * name can't be taken meanwhile: what a new app of the name has pushed must not go with the old one's. If
 * it has been taken already, the new app's own sweeps clear away what the old one has left.
 * `kept`: the registry deletes nothing for the rack; that is all that is left, and nobody comes back for it.
 * @throws ConflictError while another app uses one of its images: then the repositories stay as they are.
 */
export const clearGoneApp =
  (deps: ClearGoneAppDependencies, elsewhere: WantedElsewhere = wantedElsewhere(deps)) =>
  async (app: string): Promise<'gone' | 'kept' | 'taken' | 'busy'> => {
    const { retention, images, storedDocuments } = deps;
    const from = deps.clock();
    const hold = { from, until: from + holdFor };
    const state = await retention.holdName(app, hold);
    if (state !== 'held') return state;
    let removed: 'removed' | 'unsupported' | undefined;
    try {
      await storedDocuments.removeAll(app);
      await requireUnused(images, elsewhere, app);
      removed = await images.removeApp(app);
    } finally {
      // A registry that is away must not keep anybody from making the app again.
      await retention.releaseName(app, hold, { gone: removed !== undefined });
    }
    return removed === 'removed' ? 'gone' : 'kept';
  };

const requireUnused = async (
  images: Pick<ImageStore, 'list'>,
  elsewhere: WantedElsewhere,
  app: string
): Promise<void> => {
  const listed = await images.list(app);
  if (listed.length === 0) return;
  const wanted = await elsewhere(app);
  const user = listed.map((it) => userOf(it, wanted)).find((it) => it !== undefined);
  if (user !== undefined) throw new ConflictError(`${user} uses images of it`);
};
