import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { byText } from '#core/environments/environment.ts';
import type { ImageStore } from '#core/registries/ports.ts';
import { type Step, type Verification, verifySteps } from '#infra/google/verify-steps.ts';
import { expirePlane, type GoogleBed, googleBed, plane } from '#test/fakes/google/google-bed.ts';

let bed: GoogleBed;

beforeEach(async () => {
  bed = await googleBed();
});

afterEach(async () => {
  await bed.close();
});

const steps = (changes: Partial<Verification> = {}): readonly Step[] =>
  verifySteps({
    registry: bed.registry,
    scheme: 'http',
    run: 'r1',
    clock: bed.clock,
    sleep: async (milliseconds) => bed.pass(milliseconds),
    ...changes,
  });

const failing = async (all: readonly Step[]): Promise<string | undefined> => {
  for (const { title, check } of all) {
    const message = await check().then(
      () => undefined,
      (error: Error) => error.message
    );
    if (message) return `${title}: ${message}`;
  }
  return undefined;
};

test('passes on a project that is set up as the guide says', async () => {
  expect(await failing(steps())).toBeUndefined();
});

test('deletes all that it made, if it is told who may', async () => {
  const images = bed.images();

  expect(await failing(steps({ images }))).toBeUndefined();
  expect(bed.world.repositories.size).toBe(0);
  expect([...bed.world.accounts.keys()].toSorted(byText)).toEqual([expirePlane, plane]);
});

test('fails when something is left that should be deleted', async () => {
  const real = bed.images();
  const images: ImageStore = {
    list: (app) => real.list(app),
    links: () => real.links(),
    remove: () => real.remove(),
    removeApp: async () => 'removed',
  };

  expect(await failing(steps({ images }))).toMatch(
    /^nothing of them is there any more: [1-9]\d* images are left$/
  );
});

test('waits while rights take minutes to arrive', async () => {
  bed.world.propagation = 3 * 60_000;

  expect(await failing(steps())).toBeUndefined();
});

test('fails when a grant can do more than it should', async () => {
  bed.world.mayUse = () => true;

  expect(await failing(steps())).toBe(
    "verify-a's grant is refused by verify-b's repository: it was not refused"
  );
});

test('fails when a revoked grant goes on', async () => {
  const registry = Object.assign(Object.create(bed.registry) as typeof bed.registry, {
    mint: bed.registry.mint.bind(bed.registry),
    digest: bed.registry.digest.bind(bed.registry),
    repositoryOf: bed.registry.repositoryOf.bind(bed.registry),
    cacheRepositoryOf: bed.registry.cacheRepositoryOf.bind(bed.registry),
    revoke: async () => {},
  });

  expect(await failing(steps({ registry }))).toBe('they are refused: it was not refused');
});
