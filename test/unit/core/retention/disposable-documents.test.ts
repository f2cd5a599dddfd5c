import { expect, test } from '@jest/globals';
import { disposableDocuments } from '#core/retention/disposable-documents.ts';
import type { Sight } from '#core/retention/history.ts';
import { aBuild, aPromotion, aRelease } from '#test/samples.ts';
import { day, idOf, now, rules } from './histories.ts';

const hash = (letter: string): string => letter.repeat(64);
const created = new Date(now - 90 * day).toISOString();
const expired = created;

const release = (sequence: number, given = {}) => {
  const { env: _env, ...row } = aRelease({ created, build: '', ...given });
  return { ...row, id: idOf('R', sequence) };
};

const build = (sequence: number, given = {}) => ({ ...aBuild(given), id: idOf('B', sequence) });

/** Release 2 of build 1 has expired; release 5 of build 4 is active. */
const sight: Sight = {
  history: {
    app: { name: 'shop', sequence: 9, active: idOf('R', 5), latest: idOf('R', 5) },
    releases: [release(5, { build: idOf('B', 4) }), release(2, { build: idOf('B', 1), expired })],
    builds: [
      build(4, {
        source: `object://shop/sources/${hash('a')}`,
        logs: 'object://shop/tmp/kept.log',
      }),
      build(1, {
        expired,
        source: `object://shop/sources/${hash('b')}`,
        logs: 'object://shop/tmp/gone.log',
      }),
    ],
    promotions: [
      { ...aPromotion({ release: idOf('R', 5), status: 'Promoted' }), id: idOf('P', 6) },
      { ...aPromotion({ release: idOf('R', 2), status: 'Degraded' }), id: idOf('P', 3) },
    ],
    uncleared: [],
  },
  copy: undefined,
  rules,
  now,
};

const gone = (keys: readonly string[], age = 60 * day, given: Partial<Sight> = {}) =>
  disposableDocuments(
    keys.map((key) => ({ key, written: now - age })),
    { ...sight, ...given }
  ).map((it) => it.key);

test('what belongs to an expired release, its build and its promotions goes', () => {
  const of = (b: number, r: number, p: number) => [
    `builds/${idOf('B', b)}/log`,
    `builds/${idOf('B', b)}/plan.json`,
    `rendered/${idOf('R', r)}.json`,
    `promotions/${idOf('P', p)}/evidence.json`,
    `promotions/${idOf('P', p)}/checkpoint-7-1.json`,
  ];

  expect(gone([...of(1, 2, 3), ...of(4, 5, 6)])).toEqual(of(1, 2, 3));
});

test('nothing younger than the safe age goes', () => {
  expect(gone([`builds/${idOf('B', 1)}/log`], day - 1)).toEqual([]);
  expect(gone([`builds/${idOf('B', 1)}/log`], day)).toHaveLength(1);
});

test('what nobody knows goes if it is older than what is active, and else stays', () => {
  expect(gone([`builds/${idOf('B', 3)}/log`, `promotions/${idOf('P', 4)}/x.json`])).toHaveLength(2);
  expect(gone([`builds/${idOf('B', 7)}/log`, `rendered/${idOf('R', 8)}.json`])).toEqual([]);
});

test('what a promotion that has not ended needs stays, even if its release is gone', () => {
  const [, old] = sight.history.promotions;
  if (!old) throw new Error('there is no promotion');
  const promotions = [{ ...old, status: 'waiting' as const }];
  const history = { ...sight.history, promotions };

  expect(gone([`promotions/${old.id}/plan-x.json`], 60 * day, { history })).toEqual([]);
});

test('sources go after 30 days, unless a build that is kept names them', () => {
  const keys = [`sources/${hash('a')}`, `sources/${hash('b')}`, `sources/${hash('c')}.tgz`];

  expect(gone(keys, 30 * day)).toEqual(keys.slice(1));
  expect(gone(keys, 30 * day - 1)).toEqual([]);
});

test('uploads of clients go likewise, logs of builds among them', () => {
  expect(gone(['objects/tmp/kept.log', 'objects/tmp/gone.log', 'objects/tmp/x.tgz'])).toEqual([
    'objects/tmp/gone.log',
    'objects/tmp/x.tgz',
  ]);
});

test('what stands elsewhere is not ours to judge', () => {
  expect(gone(['later/thing.json', 'builds/notes.txt', 'builds/', 'x', 'renderedR.json'])).toEqual(
    []
  );
});
