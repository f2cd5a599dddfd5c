import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { SupersededError } from '#core/errors.ts';
import type { KubernetesObject } from '#core/kubernetes/object.ts';
import { promotionTasks } from '#core/promotions/tasks/tasks.ts';
import { PromotionBed } from './promotion-bed.ts';
import { replacing } from './replacing.ts';

let bed: PromotionBed;

beforeEach(() => {
  bed = new PromotionBed();
});

afterEach(() => bed.close());

/** A promotion that is about to remove `extra`, with a function that stops in mid-removal. */
const removing = async (meanwhile: () => Promise<void>) => {
  await bed.promote({ images: { web: 'good-1', extra: 'good-1' } });
  const promotion = await bed.begin(await bed.release({ images: { web: 'good-2' } }));
  let isDue = true;
  const remove = async (object: KubernetesObject, options?: { asRead?: boolean }) => {
    if (isDue && object.kind === 'Deployment') {
      isDue = false;
      await meanwhile();
    }
    return bed.cluster.remove(object, options);
  };
  const deps = { ...bed.deps, cluster: replacing(bed.cluster, { remove }) };
  return { promotion, deps };
};

const touch = async (): Promise<void> => {
  const live = await bed.live('Deployment', 'extra');
  const patch = { metadata: { labels: { touched: 'yes' } } };
  await bed.cluster.patch(live, patch, { fieldManager: 'somebody' });
};

test('a removal goes on when somebody has changed the object, as controllers do', async () => {
  const { promotion, deps } = await removing(touch);

  await bed.execute(promotion, { deps });

  expect(Object.keys(await bed.objects())).not.toContain('Deployment/extra');
});

test('one that is late takes nothing that a later holder of the app has written', async () => {
  const { promotion, deps } = await removing(async () => {
    await bed.promotions.countAttempt({ app: 'shop', id: promotion.id, attempt: 2 });
    await bed.deps.records.acquire({ app: 'shop', id: promotion.id, attempt: 2 });
    await touch();
  });

  await bed.execute(promotion, { deps });

  expect(bed.promotion(promotion.id).status).not.toBe('Promoted');
  expect(Object.keys(await bed.objects())).toContain('Deployment/extra');
});

test('nor does it take what has been made anew', async () => {
  const { promotion, deps } = await removing(async () => {
    const { apiVersion, kind, metadata, ...rest } = await bed.live('Deployment', 'extra');
    const { name, namespace, labels } = metadata;
    await bed.cluster.remove({ apiVersion, kind, metadata });
    const { spec } = rest as { spec?: unknown };
    const anew = { apiVersion, kind, metadata: { name, namespace, labels }, spec };
    await bed.cluster.create(anew, { fieldManager: 'somebody' });
  });

  await bed.execute(promotion, { deps });

  expect(Object.keys(await bed.objects())).toContain('Deployment/extra');
});

test('a removal that has lost the app says so', async () => {
  await bed.promote({ images: { web: 'good-1' } });
  const promotion = await bed.begin(await bed.release({ images: { web: 'good-2' } }));
  const run = { v: 1, app: 'shop', promotion: promotion.id, attempt: 1 } as const;
  const { fence } = await bed.advance(promotionTasks.Prepare(bed.deps, run));
  await bed.promotions.countAttempt({ app: 'shop', id: promotion.id, attempt: 2 });
  await bed.deps.records.acquire({ app: 'shop', id: promotion.id, attempt: 2 });

  await expect(promotionTasks.Prune(bed.deps, { ...run, fence })).rejects.toThrow(SupersededError);
});
