import { afterEach, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { KilledError, killable } from './killable.ts';
import { PromotionBed, type ReleaseInput } from './promotion-bed.ts';

let bed: PromotionBed;

afterEach(() => bed.close());

const first: ReleaseInput = { images: { web: 'good-1' }, env: 'A=1' };

/** The end of a promotion of `second` after `first`, whose executions die at these calls. */
const endAfter = async (
  second: ReleaseInput,
  deaths: readonly { readonly call: number; readonly when: 'before' | 'after' }[]
) => {
  bed = new PromotionBed();
  await bed.promote(first);
  const before = await bed.objects();
  const promotion = await bed.begin(await bed.release(second));
  let attempt = 1;
  for (const { call, when } of deaths) {
    const deps = killable(bed.deps, (it) => (it === call ? when : undefined));
    try {
      await bed.execute(promotion, { attempt, deps });
      break;
    } catch (error) {
      if (!(error instanceof KilledError)) throw error;
    }
    attempt += 1;
    await bed.promotions.countAttempt({ app: 'shop', id: promotion.id, attempt });
  }
  const { status } = bed.promotion(promotion.id);
  if (status !== 'Promoted' && status !== 'RolledBack') await bed.execute(promotion, { attempt });
  await bed.pass(2_000);
  const story = bed.story(promotion.id);
  return { before, after: await bed.objects(), promotion: bed.promotion(promotion.id), story };
};

const deaths = fc.array(
  fc.record({
    call: fc.integer({ min: 1, max: 60 }),
    when: fc.constantFrom('before' as const, 'after' as const),
  }),
  { minLength: 1, maxLength: 2 }
);

const runs = { numRuns: 12, seed: 20260101 };

const statusLines = (story: readonly string[]): string[] =>
  story.flatMap((it) => /Status: (.*)$/.exec(it)?.[1] ?? []);

test('a good release is Promoted wherever its executions die', async () => {
  await fc.assert(
    fc.asyncProperty(deaths, async (where) => {
      const { after, promotion, story } = await endAfter(
        { images: { web: 'good-2' }, env: 'A=2' },
        where
      );
      bed.close();

      expect(promotion).toMatchObject({ status: 'Promoted' });
      expect(JSON.stringify(after['Deployment/web'])).toContain('good-2');
      expect(statusLines(story)).toEqual([
        'Running => Pending',
        'Pending => Updating',
        'Updating => Running',
      ]);
      expect(new Set(story).size).toBe(story.length);
    }),
    runs
  );
});

test('a bad release is RolledBack wherever its executions die', async () => {
  await fc.assert(
    fc.asyncProperty(deaths, async (where) => {
      const bad = { images: { web: 'crash-2', extra: 'good-2' }, env: 'A=2' };
      const { before, after, promotion, story } = await endAfter(bad, where);
      bed.close();

      expect(promotion).toMatchObject({ status: 'RolledBack', reason: 'CrashLoop' });
      expect(after).toEqual(before);
      expect(statusLines(story)).toEqual([
        'Running => Pending',
        'Pending => Updating',
        'Updating => Error',
        'Error => Rollback',
        'Rollback => Reverted',
      ]);
    }),
    runs
  );
});
