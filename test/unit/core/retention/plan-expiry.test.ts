import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Sight } from '#core/retention/history.ts';
import { planExpiry, retainedReleases } from '#core/retention/plan-expiry.ts';
import { aPromotion } from '#test/samples.ts';
import { day, historyOf, hour, idOf, marked, now, rules, type Step, sights } from './histories.ts';

const deployed = (given: Partial<Step> = {}): Step => ({
  ageStep: 48,
  digests: [1],
  isNewBuild: true,
  builds: 'complete',
  ofEarlier: 0,
  pinned: false,
  promotion: 'Promoted',
  ...given,
});

const sightOf = (steps: readonly Step[], given: Partial<Sight> = {}): Sight => ({
  history: historyOf(steps),
  copy: undefined,
  rules,
  now,
  ...given,
});

/** The releases from the oldest on, by whether they are kept. */
const kept = (sight: Sight): string => {
  const gone = new Set(planExpiry(sight).releases);
  return sight.history.releases
    .toReversed()
    .map((it) => (gone.has(it.id) ? '-' : '+'))
    .join('');
};

const times = (count: number, given: Partial<Step> = {}): Step[] =>
  Array.from({ length: count }, () => deployed(given));

test('the newest and the last active ones stay', () => {
  expect(kept(sightOf(times(6)))).toBe('---+++');
  const broken = times(4, { promotion: 'RolledBack' });
  expect(kept(sightOf([...times(4), ...broken]))).toBe('--++-+++');
});

test('a pinned one stays, however old', () => {
  const [old] = times(1, { pinned: true });

  expect(kept(sightOf([...(old ? [old] : []), ...times(6)]))).toBe('+---+++');
});

test('one that is younger than the safe age stays', () => {
  expect(kept(sightOf(times(6, { ageStep: 0 })))).toBe('++++++');
});

test('what a promotion is about to make active stays, and where it would go back to', () => {
  const sight = sightOf(times(8));
  const [, , , , , old, older] = sight.history.releases;
  const running = aPromotion({ release: older?.id ?? '', previous: old?.id ?? '' });

  for (const status of ['running', 'queued', 'waiting', 'rolling-back'] as const) {
    const promotions = [{ ...running, status, id: idOf('P', 99) }, ...sight.history.promotions];
    const history = { ...sight.history, promotions };
    expect(kept({ ...sight, history })).toBe('-++--+++');
  }
});

test("the release of the cluster's copy stays with its build, whatever the table says", () => {
  const sight = sightOf(times(6));
  const oldest = sight.history.releases.at(-1);
  const copy = { release: oldest?.id ?? '', build: oldest?.build ?? '', images: [] };

  expect(kept({ ...sight, copy })).toBe('+--+++');
  expect(planExpiry({ ...sight, copy }).builds).not.toContain(copy.build);
  expect(planExpiry(sight).builds).toContain(copy.build);
});

test('a build goes with its last release, and one without a release after the safe age', () => {
  const env = times(5, { isNewBuild: false, ofEarlier: 0, promotion: 'none' });
  expect(planExpiry(sightOf([deployed(), ...env])).builds).toEqual([]);

  const failed = deployed({ builds: 'failed' });
  expect(planExpiry(sightOf([failed, deployed()])).builds).toHaveLength(1);
  expect(planExpiry(sightOf([failed, deployed()], { now: now - 3 * day })).builds).toEqual([]);
  const running = deployed({ builds: 'running' });
  expect(planExpiry(sightOf([running, ...times(9)])).builds).not.toContain(idOf('B', 1));
});

test('a time that can not be read is never old', () => {
  const sight = sightOf(times(9));
  const releases = sight.history.releases.map((it) => ({ ...it, created: 'yesterday' }));
  const builds = sight.history.builds.map((it) => ({ ...it, ended: 'yesterday' }));

  expect(planExpiry({ ...sight, history: { ...sight.history, releases, builds } })).toEqual({
    releases: [],
    builds: [],
  });
});

test('no build goes that a release refers to which is left', () => {
  fc.assert(
    fc.property(sights, (sight) => {
      const plan = planExpiry(sight);
      const after = marked(sight, plan).history;
      const wanted = after.releases.filter((it) => !it.expired).map((it) => it.build);
      const gone = after.builds.filter((it) => it.expired);

      expect(gone.filter((it) => wanted.includes(it.id) || it.status === 'running')).toEqual([]);
      const retained = retainedReleases(sight);
      expect(plan.releases.filter((it) => retained.has(it))).toEqual([]);
      expect(plan.releases).not.toContain(sight.history.app.active);
      expect(plan.releases).not.toContain(sight.copy?.release);
    })
  );
});

test('a second look at what was marked marks nothing', () => {
  fc.assert(
    fc.property(sights, (sight) => {
      const after = marked(sight, planExpiry(sight));

      expect(planExpiry(after)).toEqual({ releases: [], builds: [] });
    })
  );
});

test('everything that is neither new, nor last active, nor pinned goes in the end', () => {
  fc.assert(
    fc.property(sights, (sight) => {
      const later = { ...sight, copy: undefined, now: now + 2 * day + hour };
      const left = marked(later, planExpiry(later)).history;
      const unpinned = left.releases.filter((it) => !it.expired && !it.pinned);

      expect(unpinned.length).toBeLessThanOrEqual(rules.newest + rules.active + 1);
      const builds = left.builds.filter((it) => !it.expired && it.status !== 'running');
      const wanted = new Set(left.releases.filter((it) => !it.expired).map((it) => it.build));
      expect(builds.every((it) => wanted.has(it.id))).toBe(true);
    })
  );
});
