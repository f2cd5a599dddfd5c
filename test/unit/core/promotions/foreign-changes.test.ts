import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { ClusterError } from '#core/kubernetes/cluster-error.ts';
import type { KubernetesObject } from '#core/kubernetes/object.ts';
import { PromotionBed } from './promotion-bed.ts';

let bed: PromotionBed;

beforeEach(() => {
  bed = new PromotionBed();
});

afterEach(() => bed.close());

/** What `kubectl edit` does: an update in its own name. */
const edit = async (change: object, manager = 'kubectl-edit', kind = 'Deployment') =>
  bed.cluster.patch(await bed.live(kind, 'web'), change, { fieldManager: manager });

const shorterGrace = { spec: { template: { spec: { terminationGracePeriodSeconds: 7 } } } };

test('a field that somebody else has changed refuses the release and names both', async () => {
  await bed.promote({ images: { web: 'good-1' } });
  await edit(shorterGrace);
  const before = await bed.objects();
  const writes = bed.cluster.calls.length;

  const { end, id } = await bed.promote({ images: { web: 'good-2' } });

  expect(end).toBe('Refused');
  expect(bed.promotion(id)).toMatchObject({
    reason: 'FieldConflict',
    cause:
      'Deployment/web: kubectl-edit has changed .spec.template.spec.terminationGracePeriodSeconds; ' +
      'promote with --force-conflicts to take it back',
  });
  expect(await bed.objects()).toEqual(before);
  expect(bed.cluster.calls.slice(writes)).not.toContainEqual(expect.stringContaining('DELETE'));
});

test('told to force conflicts, the release takes the field back', async () => {
  await bed.promote({ images: { web: 'good-1' } });
  await edit(shorterGrace);
  const promotion = await bed.begin(await bed.release({ images: { web: 'good-2' } }));
  bed.records.of('shop').promotions.set(promotion.id, { ...promotion, forceConflicts: true });

  expect((await bed.execute(promotion)).end).toBe('Promoted');
  expect(JSON.stringify(await bed.live('Deployment', 'web'))).toContain(
    '"terminationGracePeriodSeconds":33'
  );
});

test('a conflict that comes after the preflight leads back, and the rollback takes the field', async () => {
  await bed.promote({ images: { web: 'good-1' } });
  const before = await bed.objects();
  const promotion = await bed.begin(await bed.release({ images: { web: 'good-2' } }));

  const { end } = await bed.execute(promotion, {
    visit: async (state) => {
      if (state === 'Apply') await edit(shorterGrace);
    },
  });

  expect(end).toBe('RolledBack');
  expect(bed.promotion(promotion.id)).toMatchObject({
    reason: 'FieldConflict',
    cause: expect.stringContaining('kubectl-edit has changed'),
  });
  expect(await bed.objects()).toEqual(before);
});

test('a write in between, told after fields of our own, is no answer to the release', async () => {
  await bed.promote({ images: { web: 'good-1' } });
  const promotion = await bed.begin(await bed.release({ images: { web: 'good-2' } }));
  let trials = 0;
  bed.cluster.refuseNext(
    (call) => {
      if (call.startsWith('PATCH') && call.endsWith('/deployments/web')) trials += 1;
      return trials === 2;
    },
    new ClusterError(409, { reason: 'Conflict', message: 'the object has been modified' })
  );

  expect((await bed.execute(promotion)).end).toBe('Promoted');
  expect(trials).toBe(2);
});

const forbidden = (message: string) => new ClusterError(403, { reason: 'Forbidden', message });

test('rights that are missing in Apply are waited for, not rolled back', async () => {
  await bed.promote({ images: { web: 'good-1' } });
  const promotion = await bed.begin(await bed.release({ images: { web: 'good-2' } }));
  let isDue = true;

  const { end } = await bed.execute(promotion, {
    visit: (state) => {
      if (state !== 'Apply' || !isDue) return;
      isDue = false;
      bed.cluster.refuseNext(
        (call) => call.startsWith('PATCH') && call.endsWith('/deployments/web'),
        forbidden(
          'deployments.apps "web" is forbidden: User "rack" cannot patch resource "deployments" in API group "apps" in the namespace "atom-shop"'
        )
      );
    },
  });

  expect(end).toBe('Promoted');
  expect(bed.story(promotion.id)).toContainEqual(
    'system/rackless/cluster refuses the rack (the rack (rack) may not patch deployments.apps in namespace atom-shop): ' +
      'waiting until an admin grants it; ClusterRole rackless-app of infra/cluster/roles.yml grants it, ' +
      'and infra/cluster/bindings.yml says to whom: apply both'
  );
});

const handMade = (image: string): KubernetesObject => {
  const labels = { system: 'rackless', rack: 'atom', app: 'shop', service: 'web', type: 'service' };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace: 'atom-shop', labels, annotations: { team: 'blue' } },
    spec: {
      replicas: 2,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: { containers: [{ name: 'shop', image }] },
      },
    },
  };
};

const ourNamespace: KubernetesObject = {
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name: 'atom-shop', labels: { system: 'rackless', rack: 'atom', app: 'shop' } },
};

test('what was there before a first release is put back as it was when that fails', async () => {
  await bed.cluster.put(ourNamespace);
  await bed.cluster.put(handMade('registry/shop:good'));
  await bed.pass(2_000);
  const before = await bed.objects();
  const owners = (await bed.live('Deployment', 'web')).metadata.managedFields;
  const promotion = await bed.begin(await bed.release({ images: { web: 'crash', api: 'good' } }));
  bed.records.of('shop').promotions.set(promotion.id, { ...promotion, forceConflicts: true });

  const { end } = await bed.execute(promotion);
  await bed.pass(2_000);

  expect(end).toBe('Reverted');
  expect(await bed.objects()).toEqual(before);
  const live = await bed.live('Deployment', 'web');
  expect(live.metadata.labels).toEqual(handMade('').metadata.labels);
  expect(live.metadata.managedFields?.map((it) => it.manager)).toEqual(
    owners?.map((it) => it.manager)
  );
  const pods = (await bed.cluster.list('Pod', 'atom-shop')).items;
  expect(pods.map((it) => JSON.stringify(it['spec']).includes('registry/shop:good'))).toEqual([
    true,
    true,
  ]);
});

test('an object that a failed first release did not get to is not written at all', async () => {
  await bed.cluster.put(ourNamespace);
  await bed.cluster.put(handMade('registry/shop:good'));
  await bed.pass(2_000);
  const before = await bed.live('Deployment', 'web');
  const promotion = await bed.begin(await bed.release({ images: { web: 'good' } }));
  bed.records.of('shop').promotions.set(promotion.id, { ...promotion, forceConflicts: true });

  const { end } = await bed.execute(promotion, {
    visit: (state) => {
      if (state !== 'Apply') return;
      bed.cluster.refuseNext(
        (call) => call.startsWith('POST') && call.endsWith('/services'),
        forbidden('services "web" is forbidden: exceeded quota: q')
      );
    },
  });

  expect(end).toBe('Reverted');
  expect(await bed.live('Deployment', 'web')).toEqual(before);
});

test('a namespace of somebody else refuses the release and says how to hand it over', async () => {
  await bed.cluster.put({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'atom-shop' } });

  const { end, id } = await bed.promote({ images: { web: 'good' } });

  expect(end).toBe('Refused');
  expect(bed.promotion(id).cause).toBe('namespace atom-shop exists and belongs to somebody else');
});

test('a namespace that somebody else makes after the preflight is left alone', async () => {
  const promotion = await bed.begin(await bed.release({ images: { web: 'good' } }));

  const { end } = await bed.execute(promotion, {
    visit: async (state) => {
      if (state !== 'Apply') return;
      await bed.cluster.put({
        apiVersion: 'v1',
        kind: 'Namespace',
        metadata: { name: 'atom-shop' },
      });
    },
  });

  expect(end).toBe('Reverted');
  const namespace = await bed.cluster.get('Namespace', undefined, 'atom-shop');
  expect(namespace?.metadata.labels ?? {}).not.toHaveProperty('rack');
});

test('a namespace that is being deleted is waited for, then the release goes on', async () => {
  await bed.promote({ images: { web: 'good-1' } });
  bed.cluster.namespacesLinger = true;
  await bed.cluster.remove(ourNamespace);
  const promotion = await bed.begin(await bed.release({ images: { web: 'good-2' } }));

  const { end } = await bed.execute(promotion, {
    visit: (state) => {
      if (state === 'WaitForCluster') bed.cluster.finishNamespace('atom-shop');
    },
  });

  expect(end).toBe('Promoted');
  expect(bed.story(promotion.id)).toContain(
    "system/rackless/cluster can't be used: namespace atom-shop is being deleted: waiting until that is over"
  );
});
