import { isFinishedBuild } from '../builds/build.ts';
import { type Clock, timestamp } from '../clock.ts';
import type { Cluster } from '../kubernetes/ports.ts';
import type { ImageStore } from '../registries/ports.ts';
import { disposableDocuments } from './disposable-documents.ts';
import { disposableImages } from './disposable-images.ts';
import type { History, RetentionRules, Sight } from './history.ts';
import { planExpiry } from './plan-expiry.ts';
import type { RetentionRecords, StoredDocuments } from './ports.ts';
import { readCopy } from './read-copy.ts';
import { type WantedElsewhere, wantedElsewhere } from './wanted-elsewhere.ts';

export interface ExpireAppDependencies {
  readonly rack: string;
  readonly retention: RetentionRecords;
  readonly cluster: Pick<Cluster, 'get' | 'list'>;
  readonly images: ImageStore;
  readonly storedDocuments: StoredDocuments;
  readonly rules: RetentionRules;
  readonly clock: Clock;
}

/** What was done for an app. */
export interface Expiry {
  readonly app: string;
  /** Releases and builds that were marked. */
  readonly expired: readonly string[];
  /** Digests that were deleted. */
  readonly images: readonly string[];
  readonly documents: number;
  /** What stands in the way of the rest. */
  readonly left: string;
}

/**
 * Marks what has had its time, and then takes away what belongs to it. Marks come first, by a conditional
 * write: from then on nobody can promote it or go back to it, so that what is deleted is wanted by nobody.
 * Can be cut off anywhere and run again, also twice at once. Undefined for an app that is not there, or going.
 * @throws what the cluster, the registry or the bucket throws; what is left is done the next time.
 */
export const expireApp =
  (deps: ExpireAppDependencies, elsewhere: WantedElsewhere = wantedElsewhere(deps)) =>
  async (app: string): Promise<Expiry | undefined> => {
    const history = await deps.retention.read(app);
    if (!history) return undefined;
    const { rack, cluster, rules, clock } = deps;
    const copy = await readCopy(cluster, { rack, app });
    const expired = await mark(deps, { history, copy, rules, now: clock() });
    const after = expired.length > 0 ? await deps.retention.read(app) : history;
    if (!after) return undefined;
    const sight = { history: after, copy, rules, now: clock() };
    return { app, expired, ...(await clear(deps, elsewhere, sight)) };
  };

/** Nothing, when something has happened to the app meanwhile: there is another day. */
const mark = async (deps: ExpireAppDependencies, sight: Sight): Promise<readonly string[]> => {
  const plan = planExpiry(sight);
  const ids = [...plan.releases, ...plan.builds];
  if (ids.length === 0) return [];
  const { app } = sight.history;
  return (await deps.retention.expire(app, plan, timestamp(deps.clock))) ? ids : [];
};

const clear = async (
  deps: ExpireAppDependencies,
  elsewhere: WantedElsewhere,
  sight: Sight
): Promise<Omit<Expiry, 'app' | 'expired'>> => {
  const { history } = sight;
  const { name } = history.app;
  const documents = disposableDocuments(await deps.storedDocuments.list(name), sight);
  await deps.storedDocuments.remove(
    name,
    documents.map((it) => it.key)
  );
  const { removed, left, isPutOff } = await clearImages(deps, elsewhere, sight);
  await deps.retention.removeStories(name, storiesOf(history));
  if (!isPutOff) await deps.retention.settle(name, history.uncleared);
  await deps.retention.note(name, timestamp(deps.clock));
  return { images: removed, documents: documents.length, left };
};

/** Of builds, and of the promotions of releases. */
const storiesOf = ({ uncleared, promotions }: History): readonly string[] => {
  const ids = new Set(uncleared);
  return [
    ...uncleared.filter((it) => it.startsWith('B')),
    ...promotions.filter((it) => ids.has(it.release)).map((it) => it.id),
  ];
};

interface ClearedImages {
  readonly removed: readonly string[];
  readonly left: string;
  /** There is something to do for the next run. */
  readonly isPutOff: boolean;
}

const nothing: ClearedImages = { removed: [], left: '', isPutOff: false };

const putOff = (left: string): ClearedImages => ({ removed: [], left, isPutOff: true });

/**
 * A registry is looked through only when a build has expired: an idle app asks it for nothing. While a
 * build is under way, an image that nobody wanted may be the one that it is about to push.
 */
const clearImages = async (
  { images, retention }: ExpireAppDependencies,
  elsewhere: WantedElsewhere,
  sight: Sight
): Promise<ClearedImages> => {
  const { app, builds, uncleared } = sight.history;
  if (!uncleared.some((it) => it.startsWith('B'))) return nothing;
  if (!builds.every(isFinishedBuild)) return putOff('a build is under way');
  const { gone, isPutOff } = await findDisposable(images, elsewhere, sight);
  if (gone.length === 0) return { ...nothing, isPutOff };
  if (!(await retention.isUnchanged(sight.history))) {
    return putOff('the app was changed meanwhile');
  }
  if ((await images.remove(app.name, gone)) === 'removed') {
    return { removed: gone.map((it) => it.digest), left: '', isPutOff };
  }
  // Asking it again every day would not change it.
  return { ...nothing, left: 'the registry deletes nothing' };
};

/** What other apps use is looked at again each time, until they have left it. */
const findDisposable = async (images: ImageStore, elsewhere: WantedElsewhere, sight: Sight) => {
  const { name } = sight.history.app;
  const listed = await images.list(name);
  const atFirstSight = disposableImages({ images: listed, links: new Map() }, sight);
  if (atFirstSight.length === 0) return { gone: [], isPutOff: false };
  const linked = listed.filter((it) => it.isIndex || it.tags.length === 0);
  const links = await images.links(
    name,
    linked.map((it) => it.digest)
  );
  const content = { images: listed, links };
  const unwanted = disposableImages(content, sight);
  const gone = disposableImages(content, sight, await elsewhere(name));
  return { gone, isPutOff: gone.length < unwanted.length };
};
