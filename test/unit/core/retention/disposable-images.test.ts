import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { ManifestLinks, StoredImage } from '#core/registries/ports.ts';
import { disposableImages } from '#core/retention/disposable-images.ts';
import type { Sight } from '#core/retention/history.ts';
import { planExpiry } from '#core/retention/plan-expiry.ts';
import { day, digestOf, hour, idOf, marked, now, pushedBy, sights } from './histories.ts';

const none: ReadonlyMap<string, ManifestLinks> = new Map();
const old = now - 9 * day;

const anImage = (given: Partial<StoredImage>): StoredImage => ({
  digest: digestOf(100),
  tags: [],
  pushed: old,
  isIndex: false,
  ...given,
});

/** An app of which build 1 has expired, and build 3 is what release 4 runs. */
const sight: Sight = {
  history: {
    app: { name: 'shop', sequence: 4, active: idOf('R', 4), latest: idOf('R', 4) },
    releases: [
      {
        id: idOf('R', 4),
        app: 'shop',
        build: idOf('B', 3),
        manifest: '',
        description: '',
        created: new Date(old).toISOString(),
        actor: 'ada',
      },
    ],
    builds: [build(3, 3), { ...build(1, 1), expired: new Date(old).toISOString() }],
    promotions: [],
    uncleared: [idOf('B', 1)],
  },
  copy: undefined,
  rules: { newest: 3, active: 2, safeAge: day },
  now,
};

function build(sequence: number, digest: number) {
  return {
    id: idOf('B', sequence),
    app: 'shop',
    status: 'complete' as const,
    description: '',
    gitSha: '',
    source: '',
    manifestPath: '',
    manifest: '',
    buildArgs: {},
    noCache: false,
    development: false,
    external: false,
    images: [{ service: 'web', image: `registry/atom/shop@${digestOf(digest)}` }],
    release: '',
    reason: '',
    entrypoint: '',
    started: '',
    ended: '',
    actor: 'ada',
  };
}

const tag = (sequence: number, service = 'web'): string => `${service}.${idOf('B', sequence)}`;

const gone = (images: readonly StoredImage[], links = none, given: Partial<Sight> = {}) =>
  disposableImages({ images, links }, { ...sight, ...given }).map((it) => it.digest);

test('an image of an expired build goes, one of a build that is kept stays', () => {
  const [one, other] = [digestOf(1), digestOf(3)];
  const images = [
    anImage({ digest: one, tags: [tag(1)] }),
    anImage({ digest: other, tags: [tag(3)] }),
  ];

  expect(gone(images)).toEqual([one]);
});

test('an image that a kept build shares stays, by its tag and by what the build says', () => {
  expect(gone([anImage({ tags: [tag(1), tag(3, 'worker')] })])).toEqual([]);
  expect(gone([anImage({ digest: digestOf(3), tags: [tag(1)] })])).toEqual([]);
});

test('an image that a kept build of the app names by its tag stays', () => {
  const [latest, ...earlier] = sight.history.builds;
  if (!latest) throw new Error('there is no build');
  const images = [...latest.images, { service: 'old', image: `r:5000/atom/shop:${tag(1)}` }];
  const history = { ...sight.history, builds: [{ ...latest, images }, ...earlier] };

  expect(gone([anImage({ tags: [tag(1)] })], none, { history })).toEqual([]);
  expect(gone([anImage({ tags: [tag(1, 'api')] })], none, { history })).toHaveLength(1);
});

test("an image of the cluster's copy stays", () => {
  const copy = { release: '', build: '', images: [`other/name@${digestOf(1)}`] };

  expect(gone([anImage({ digest: digestOf(1), tags: [tag(1)] })], none, { copy })).toEqual([]);
});

test('an image with a tag of somebody else stays, also beside one of ours', () => {
  for (const name of ['latest', 'v1', 'web', `web.${idOf('R', 1)}`, `Web.${idOf('B', 1)}`]) {
    expect(gone([anImage({ tags: [name] }), anImage({ tags: [name, tag(1)] })])).toEqual([]);
  }
});

test('an image that was pushed just now stays, whatever its tags say', () => {
  expect(gone([anImage({ tags: [tag(1)], pushed: now - 23 * hour })])).toEqual([]);
  expect(gone([anImage({ tags: [tag(1)], pushed: undefined })])).toHaveLength(1);
});

test('an image of a build that nobody knows goes if it is older than what is active', () => {
  expect(gone([anImage({ tags: [tag(2)] })])).toHaveLength(1);
  expect(gone([anImage({ tags: [tag(9)] })])).toEqual([]);
  const app = { ...sight.history.app, active: undefined };
  const idle = { ...sight.history, app };
  expect(gone([anImage({ tags: [tag(2)] })], none, { history: idle })).toEqual([]);
});

test('an index takes its parts along, and keeps them as long as it stays', () => {
  const [part, shared, index, kept] = [digestOf(11), digestOf(12), digestOf(13), digestOf(14)];
  const images = [
    anImage({ digest: part }),
    anImage({ digest: shared }),
    anImage({ digest: index, tags: [tag(1)], isIndex: true }),
    anImage({ digest: kept, tags: [tag(3)], isIndex: true }),
  ];
  const links = new Map([
    [index, { parts: [part, shared] }],
    [kept, { parts: [shared] }],
  ]);

  expect(gone(images, links)).toEqual([part, index]);
});

test('an index inside an index that is kept keeps its own parts', () => {
  const [leaf, inner, outer] = [digestOf(11), digestOf(12), digestOf(13)];
  const images = [
    anImage({ digest: leaf }),
    anImage({ digest: inner, isIndex: true }),
    anImage({ digest: outer, tags: ['theirs'], isIndex: true }),
  ];
  const links = new Map([
    [inner, { parts: [leaf] }],
    [outer, { parts: [inner] }],
  ]);

  expect(gone(images, links)).toEqual([]);
});

test('what is attached to an image stays as long as the image', () => {
  const [kept, going, note, other] = [digestOf(3), digestOf(1), digestOf(21), digestOf(22)];
  const images = [
    anImage({ digest: kept, tags: [tag(3)] }),
    anImage({ digest: going, tags: [tag(1)] }),
    anImage({ digest: note }),
    anImage({ digest: other }),
  ];
  const links = new Map([
    [note, { parts: [], subject: kept }],
    [other, { parts: [], subject: going }],
  ]);

  expect(gone(images, links)).toEqual([going, other]);
});

test('nothing is known of an image without tag and time', () => {
  expect(gone([anImage({ pushed: undefined })])).toEqual([]);
});

test('no digest goes that anything refers to which is left, and all others go', () => {
  fc.assert(
    fc.property(sights, (before) => {
      const after = marked(before, planExpiry(before));
      const images = pushedBy(before.history.builds);
      const removed = new Set(
        disposableImages({ images, links: none }, after).map((it) => it.digest)
      );

      const left = after.history.builds.filter((it) => !it.expired);
      const wanted = new Set(
        [
          ...left.flatMap((it) => it.images.map((image) => image.image)),
          ...(after.copy?.images ?? []),
        ].map((image) => image.slice(image.indexOf('@') + 1))
      );
      for (const { digest, pushed = 0 } of images) {
        const isYoung = pushed + day > now;
        expect([digest, removed.has(digest)]).toEqual([digest, !wanted.has(digest) && !isYoung]);
      }
    })
  );
});
