import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { ClusterError } from '#core/kubernetes/cluster-error.ts';
import type { KubernetesObject } from '#core/kubernetes/object.ts';
import type { WriteOptions } from '#core/kubernetes/ports.ts';
import { PromotionBed } from '../promotion-bed.ts';
import { replacing } from '../replacing.ts';
import { sleepFor } from '../run-machine.ts';

let bed: PromotionBed;

beforeEach(() => {
  bed = new PromotionBed();
});

afterEach(() => bed.close());

const refused = new ClusterError(422, { reason: 'Invalid', message: 'no such thing' });

/** Runs the work around each real write of a Deployment. */
const around = (
  work: (name: string, write: () => Promise<KubernetesObject>) => Promise<KubernetesObject>
) => ({
  ...bed.deps,
  cluster: replacing(bed.cluster, {
    apply: (object: KubernetesObject, options: WriteOptions) => {
      const write = () => bed.cluster.apply(object, options);
      return object.kind === 'Deployment' && !options.dryRun
        ? work(object.metadata.name, write)
        : write();
    },
  }),
});

const second = async () => {
  await bed.promote({ images: { web: 'good-1', api: 'good-1' } });
  return bed.begin(await bed.release({ images: { web: 'good-2', api: 'good-2' } }));
};

test('Deployments are written at the same time', async () => {
  const promotion = await second();
  let [open, most] = [0, 0];
  const deps = around(async (_, write) => {
    open += 1;
    most = Math.max(most, open);
    await sleepFor(50);
    open -= 1;
    return write();
  });

  const { end } = await bed.execute(promotion, { deps });

  expect(end).toBe('Promoted');
  expect(most).toBe(2);
});

test('a refusal waits for the writes beside it before anything is rolled back', async () => {
  const promotion = await second();
  const before = await bed.objects();
  let isDue = true;
  const deps = around(async (name, write) => {
    if (!isDue) return write();
    if (name === 'web') throw refused;
    await sleepFor(5_000);
    isDue = false;
    return write();
  });

  const { end } = await bed.execute(promotion, { deps });

  expect(end).toBe('RolledBack');
  expect(await bed.objects()).toEqual(before);
});
