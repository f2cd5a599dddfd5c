import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type Pod, read, stored } from '#infra/local/cluster/wire.ts';
import { namespace, PromotionBed } from './promotion-bed.ts';

let bed: PromotionBed;

beforeEach(() => {
  bed = new PromotionBed();
});

afterEach(() => bed.close());

/** An active release whose service `sick` is not ready any more, by no fault of a release. */
const withSickService = async (): Promise<void> => {
  await bed.promote({ images: { web: 'good', sick: 'good' } });
  await fallSick();
};

const fallSick = async (): Promise<void> => {
  const { items } = await bed.cluster.list('Pod', namespace, 'service=sick');
  for (const { metadata } of items) {
    bed.cluster.store.modify('pods', { namespace, name: metadata.name }, (latest) => {
      const pod = read<Pod>(latest);
      const others = (pod.status?.conditions ?? []).filter((it) => it.type !== 'Ready');
      const conditions = [...others, { type: 'Ready', status: 'False' }];
      const down = { ready: false, restartCount: 7, state: { terminated: { exitCode: 1 } } };
      const containerStatuses = [{ name: 'shop', image: '', imageID: '', ...down }];
      return stored({ ...pod, status: { ...pod.status, conditions, containerStatuses } } as Pod);
    });
  }
};

test('a sick service that is not changed does not block a promote', async () => {
  await withSickService();
  const { end } = await bed.promote({ images: { web: 'good-2', sick: 'good' } });

  expect(end).toBe('Promoted');
});

test('a sick service that is not changed does not turn a rollback into a failure', async () => {
  await withSickService();
  const { end, id } = await bed.promote({ images: { web: 'crash', sick: 'good' } });

  expect(end).toBe('RolledBack');
  expect(bed.promotion(id)).toMatchObject({
    reason: 'CrashLoop',
    cause: expect.stringContaining('service web'),
  });
});

test('a service that falls sick by itself in a rollback leaves the app Degraded, and named', async () => {
  await bed.promote({ images: { web: 'good', sick: 'good' } });
  const { end, id } = await bed.promote(
    { images: { web: 'crash', sick: 'good' } },
    { visit: (state) => (state === 'Rollback' ? fallSick() : undefined) }
  );

  expect(end).toBe('Degraded');
  expect(bed.promotion(id).cause).toContain('service sick: 0 of 1 processes are ready again');
});
