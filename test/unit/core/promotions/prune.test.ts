import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { ClusterUnreachableError } from '#core/kubernetes/cluster-error.ts';
import { PromotionBed } from './promotion-bed.ts';

let bed: PromotionBed;

beforeEach(() => {
  bed = new PromotionBed();
});

afterEach(() => bed.close());

/** Refuses the first removals of the Deployment that the second release does not have. */
const promoteWithout = async (silences: number) => {
  await bed.promote({ images: { web: 'good-1', extra: 'good-1' } });
  for (let count = 0; count < silences; count++) {
    bed.cluster.refuseNext(
      (call) => call.startsWith('DELETE') && call.endsWith('/deployments/extra'),
      new ClusterUnreachableError('the cluster does not answer')
    );
  }
  return bed.promote({ images: { web: 'good-2' } });
};

test('a cluster that is away for a moment keeps nothing from being pruned', async () => {
  const { end } = await promoteWithout(3);

  expect(end).toBe('Promoted');
  expect(await bed.objects()).not.toHaveProperty(['Deployment/extra']);
});

test('one that stays away fails nothing, and what is left over is told', async () => {
  const { end, id } = await promoteWithout(9);

  expect(end).toBe('Promoted');
  expect(await bed.objects()).toHaveProperty(['Deployment/extra']);
  expect(bed.story(id)).toContainEqual(expect.stringContaining('prune left something over'));
});
