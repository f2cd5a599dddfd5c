import { randomBytes } from 'node:crypto';
import type { App } from '#core/apps/app.ts';
import type { Build } from '#core/builds/build.ts';
import { newBuild } from '#core/builds/new-build.ts';
import type { StoryEvent } from '#core/events/event.ts';
import type { Promotion } from '#core/promotions/promotion.ts';
import type { Release } from '#core/releases/release.ts';

/** A name that no other test uses: integration tests of one run have one table. */
export const freshName = (): string => `app-${randomBytes(6).toString('hex')}`;

export const anApp = (given: Partial<App> = {}): App => ({
  name: 'shop',
  created: '2026-01-01T00:00:00.000Z',
  sequence: 0,
  locked: false,
  policy: 'restricted',
  dataKey: 'wrapped-key',
  ...given,
});

export const aBuild = (given: Partial<Build> = {}): Omit<Build, 'id'> =>
  newBuild({
    app: 'shop',
    description: 'fix the cart',
    gitSha: 'abc',
    source: 'object://shop/tmp/1.tgz',
    started: '2026-01-01T00:00:00.000Z',
    actor: 'ann',
    ...given,
  });

export const aRelease = (given: Partial<Release> = {}): Omit<Release, 'id'> => ({
  app: 'shop',
  build: 'BAAAAABAAAA',
  manifest: 'services:\n  web:\n    build: .\n',
  description: 'fix the cart',
  created: '2026-01-01T00:00:00.000Z',
  actor: 'ann',
  env: 'A=1\nB=2',
  ...given,
});

export const aPromotion = (given: Partial<Promotion> = {}): Omit<Promotion, 'id'> => ({
  app: 'shop',
  release: 'RAAAAACAAAA',
  previous: '',
  status: 'running',
  reason: '',
  cause: '',
  services: [],
  started: '2026-01-01T00:00:00.000Z',
  ended: '',
  actor: 'ann',
  attempt: 1,
  ...given,
});

export const anEvent = (sequence: number, given: Partial<StoryEvent> = {}): StoryEvent => ({
  sequence,
  at: '2026-01-01T00:00:00.000Z',
  text: `line ${sequence}`,
  kind: 'status',
  ...given,
});
