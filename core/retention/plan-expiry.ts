import type { Build } from '../builds/build.ts';
import { isFinishedBuild } from '../builds/build.ts';
import { isEnded } from '../promotions/promotion.ts';
import type { ListedRelease } from '../releases/release.ts';
import { isOld, type Sight } from './history.ts';

/** What is to be marked as expired. */
export interface ExpiryPlan {
  readonly releases: readonly string[];
  readonly builds: readonly string[];
}

/**
 * Releases that nobody can want back, and builds that no release which is left refers to. What has
 * expired already is not named again.
 */
export const planExpiry = (sight: Sight): ExpiryPlan => {
  const { history } = sight;
  const retained = retainedReleases(sight);
  const kept = history.releases.filter((it) => !it.expired && retained.has(it.id));
  const builds = new Set([...kept.map((it) => it.build), sight.copy?.build]);
  return {
    releases: history.releases
      .filter((it) => !(it.expired || retained.has(it.id)))
      .map((it) => it.id),
    builds: history.builds
      .filter((it) => !(it.expired || builds.has(it.id)) && hasLongEnded(it, sight))
      .map((it) => it.id),
  };
};

const hasLongEnded = (build: Build, sight: Sight): boolean =>
  isFinishedBuild(build) && isOld(Date.parse(build.ended || build.started), sight);

/** The newest, those that were active last, pinned ones, and all that anything at work refers to. */
export const retainedReleases = (sight: Sight): ReadonlySet<string> => {
  const { history, copy, rules } = sight;
  const { app, releases } = history;
  const here = [app.active, app.latest, copy?.release].filter((it) => it !== undefined);
  return new Set([
    ...here,
    ...releases.slice(0, rules.newest).map((it) => it.id),
    ...lastActive(sight),
    ...atWork(sight),
    ...releases.filter((it) => it.pinned || isYoung(it, sight)).map((it) => it.id),
  ]);
};

const isYoung = ({ created }: ListedRelease, sight: Sight): boolean =>
  !isOld(Date.parse(created), sight);

/** One promotion at a time: their order is that in which releases became active. */
const lastActive = ({ history, rules }: Sight): readonly string[] => {
  const promoted = history.promotions.filter((it) => it.status === 'Promoted');
  const ids = new Set([history.app.active ?? '', ...promoted.map((it) => it.release)]);
  ids.delete('');
  return [...ids].slice(0, rules.active);
};

/** What promotions are about to make active, and where they would go back to. */
const atWork = ({ history }: Sight): readonly string[] =>
  history.promotions.filter((it) => !isEnded(it)).flatMap((it) => [it.release, it.previous]);
