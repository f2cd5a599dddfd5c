import fc from 'fast-check';
import type { Build } from '#core/builds/build.ts';
import { makeId } from '#core/identifiers.ts';
import type { Promotion } from '#core/promotions/promotion.ts';
import type { StoredImage } from '#core/registries/ports.ts';
import type { ListedRelease } from '#core/releases/release.ts';
import type { CopiedRelease, History, RetentionRules, Sight } from '#core/retention/history.ts';
import { aBuild, aPromotion, aRelease } from '#test/samples.ts';

export const hour = 3_600_000;
export const day = 24 * hour;
export const now = Date.parse('2026-06-01T00:00:00Z');

export const rules: RetentionRules = { newest: 3, active: 2, safeAge: day };

const ago = (hours: number): string => new Date(now - hours * hour).toISOString();

export const idOf = (kind: 'B' | 'R' | 'P', sequence: number): string =>
  makeId(kind, sequence, () => 0);

/** A digest that reads well when a test fails. */
export const digestOf = (number: number): string =>
  `sha256:${number.toString(16).padStart(64, '0')}`;

/** One thing that happened to an app, in hours before now. */
export interface Step {
  readonly ageStep: number;
  /** A new build, with these digests, or a release of an earlier build. */
  readonly digests: readonly number[];
  readonly isNewBuild: boolean;
  readonly builds: 'complete' | 'failed' | 'running';
  readonly ofEarlier: number;
  readonly pinned: boolean;
  readonly promotion: 'none' | 'Promoted' | 'RolledBack' | 'Refused';
}

const step: fc.Arbitrary<Step> = fc.record({
  ageStep: fc.integer({ min: 0, max: 40 }),
  digests: fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 2 }),
  isNewBuild: fc.boolean(),
  builds: fc.constantFrom('complete', 'complete', 'complete', 'failed', 'running'),
  ofEarlier: fc.nat(20),
  pinned: fc.constantFrom(false, false, false, true),
  promotion: fc.constantFrom('none', 'Promoted', 'RolledBack', 'Refused'),
});

interface Told {
  sequence: number;
  age: number;
  active: string | undefined;
  readonly builds: Build[];
  readonly releases: ListedRelease[];
  readonly promotions: Promotion[];
}

/** What the table would hold after these steps, the oldest first. */
export const historyOf = (steps: readonly Step[]): History => {
  const told: Told = {
    sequence: 0,
    age: steps.reduce((sum, it) => sum + it.ageStep, 0),
    active: undefined,
    builds: [],
    releases: [],
    promotions: [],
  };
  for (const it of steps) tell(told, it);
  const newest = <Item>(items: readonly Item[]): Item[] => items.toReversed();
  return {
    app: {
      name: 'shop',
      sequence: told.sequence,
      active: told.active,
      promotion: undefined,
      queued: undefined,
      latest: told.releases.at(-1)?.id,
    },
    builds: newest(told.builds),
    releases: newest(told.releases),
    promotions: newest(told.promotions),
    uncleared: [],
  };
};

const tell = (told: Told, it: Step): void => {
  told.age -= it.ageStep;
  const build = it.isNewBuild || told.builds.length === 0 ? tellBuild(told, it) : earlier(told, it);
  if (build?.status !== 'complete') return;
  const { env: _env, ...release } = aRelease({
    build: build.id,
    created: ago(told.age),
    ...(it.pinned && { pinned: true }),
  });
  const id = idOf('R', ++told.sequence);
  told.releases.push({ ...release, id });
  if (it.promotion !== 'none') tellPromotion(told, id, it.promotion);
};

const tellBuild = (told: Told, { digests, builds }: Step): Build => {
  const started = ago(told.age);
  const id = idOf('B', ++told.sequence);
  const images = digests.map((number, at) => ({
    service: `s${at}`,
    image: `registry/atom/shop@${digestOf(number)}`,
  }));
  const ended = builds === 'running' ? '' : started;
  const build = { ...aBuild({ status: builds, started, ended, images }), id };
  told.builds.push(build);
  return build;
};

const earlier = ({ builds }: Told, { ofEarlier }: Step): Build | undefined =>
  builds[ofEarlier % builds.length];

const tellPromotion = (told: Told, release: string, status: Promotion['status']): void => {
  const id = idOf('P', ++told.sequence);
  const previous = told.active ?? '';
  told.promotions.push({ ...aPromotion({ release, previous, status }), id });
  if (status === 'Promoted') told.active = release;
};

export const histories: fc.Arbitrary<History> = fc.array(step, { maxLength: 25 }).map(historyOf);

/** The cluster's copy is of any release: a table that was restored may be behind it. */
const copyIn = (history: History): fc.Arbitrary<CopiedRelease | undefined> =>
  fc.option(fc.constantFrom(...history.releases), { nil: undefined }).map((release) => {
    const build = history.builds.find((it) => it.id === release?.build);
    return (
      release && {
        release: release.id,
        build: release.build,
        images: (build?.images ?? []).map((it) => it.image),
      }
    );
  });

export const sights: fc.Arbitrary<Sight> = histories
  .filter((it) => it.releases.length > 0)
  .chain((history) => copyIn(history).map((copy) => ({ history, copy, rules, now })));

/** What the registry holds after the builds: each tags its own. */
export const pushedBy = (builds: readonly Build[]): readonly StoredImage[] => {
  const tags = new Map<string, string[]>();
  const pushed = new Map<string, number>();
  for (const { id, images, started } of builds.toReversed()) {
    for (const { service, image } of images) {
      const digest = image.slice(image.indexOf('@') + 1);
      tags.set(digest, [...(tags.get(digest) ?? []), `${service}.${id}`]);
      if (!pushed.has(digest)) pushed.set(digest, Date.parse(started));
    }
  }
  return [...tags].map(([digest, names]) => ({
    digest,
    tags: names,
    pushed: pushed.get(digest),
    isIndex: false,
  }));
};

/** As the table is after the marks. */
export const marked = (
  sight: Sight,
  plan: { readonly releases: readonly string[]; readonly builds: readonly string[] }
): Sight => {
  const ids = new Set([...plan.releases, ...plan.builds]);
  const mark = <Item extends { readonly id: string }>(items: readonly Item[]) =>
    items.map((it) => (ids.has(it.id) ? { ...it, expired: ago(0), manifest: '' } : it));
  const { history } = sight;
  return {
    ...sight,
    history: {
      ...history,
      releases: mark(history.releases),
      builds: mark(history.builds),
      uncleared: [...ids],
    },
  };
};
