import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { namespace, PromotionBed } from './promotion-bed.ts';

let bed: PromotionBed;

beforeEach(() => {
  bed = new PromotionBed();
});

afterEach(() => bed.close());

/** An app whose worker has fallen ill after its release became active. */
const sickWorker = async () => {
  const images = { web: 'good-1', worker: 'good-1' };
  const { release } = await bed.promote({ images });
  await fallSick();
  await bed.pass(1_000);
  return release;
};

const fallSick = async () => {
  for (const pod of (await bed.cluster.list('Pod', namespace, 'service=worker')).items) {
    await bed.cluster.setStatus(pod, {
      conditions: [{ type: 'Ready', status: 'False' }],
      containerStatuses: [
        {
          name: 'shop',
          ready: false,
          restartCount: 7,
          state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 5m' } },
          lastState: { terminated: { exitCode: 1, reason: 'Error' } },
        },
      ],
    });
  }
};

const workers = async () =>
  (await bed.cluster.list('Pod', namespace, 'service=worker')).items.map((it) => it.metadata.uid);

test('a sick service that does not change does not block the promotion of another', async () => {
  await sickWorker();
  const before = await workers();

  const { end } = await bed.promote({ images: { web: 'good-2', worker: 'good-1' } });

  expect(end).toBe('Promoted');
  expect(await workers()).toEqual(before);
});

test('nor does it turn a rollback into a failure', async () => {
  const release = await sickWorker();
  const before = await workers();

  const { end, id } = await bed.promote({ images: { web: 'crash', worker: 'good-1' } });

  expect(end).toBe('RolledBack');
  expect(bed.promotion(id)).toMatchObject({
    reason: 'CrashLoop',
    cause: expect.stringContaining('service web'),
  });
  expect(bed.records.of('shop').app).toMatchObject({ active: release });
  expect(bed.records.of('shop').app?.degraded).not.toBe(true);
  expect(await workers()).toEqual(before);
});

test('one that falls sick while the app goes back is named: the app is Degraded', async () => {
  await bed.promote({ images: { web: 'good-1', worker: 'good-1' } });

  const { end, id } = await bed.promote(
    { images: { web: 'crash', worker: 'good-1' } },
    { visit: (state) => (state === 'Rollback' ? fallSick() : undefined) }
  );

  expect(end).toBe('Degraded');
  expect(bed.promotion(id).cause).toContain('service worker: 0 of 1 processes are ready again');
});
