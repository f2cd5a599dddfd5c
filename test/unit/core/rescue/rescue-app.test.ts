import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { ClusterError } from '#core/kubernetes/cluster-error.ts';
import { type RescueRequest, rescueApp } from '#core/rescue/rescue-app.ts';
import { namespace, PromotionBed } from '../promotions/promotion-bed.ts';
import { replacing } from '../promotions/replacing.ts';

let bed: PromotionBed;

beforeEach(() => {
  bed = new PromotionBed();
});

afterEach(() => bed.close());

const rescue = (request: Partial<RescueRequest> = {}, cluster = bed.deps.cluster) =>
  bed.advance(
    rescueApp({ cluster, clock: bed.deps.clock, sleep: bed.deps.sleep })({
      app: 'shop',
      dryRun: false,
      prune: false,
      scale: false,
      patience: 60_000,
      ...request,
    })
  );

const first = { images: { web: 'good-1', api: 'good-1' }, env: 'A=1' };

const remove = async (kind: string, name: string) => bed.cluster.remove(await bed.live(kind, name));

const secretName = async (): Promise<string> => {
  const { items } = await bed.cluster.list('Secret', namespace, 'service=web');
  return items[0]?.metadata.name ?? '';
};

test('objects that were deleted by hand come back as they were, and their processes run', async () => {
  const { release } = await bed.promote(first);
  const before = await bed.objects();
  const secret = await secretName();
  await remove('Secret', secret);
  await remove('Service', 'web');
  await remove('Deployment', 'web');
  await bed.pass(2_000);

  const report = await rescue();

  expect(report).toMatchObject({ rack: 'atom', app: 'shop', release, healthy: true });
  expect(report.objects).toEqual([
    { object: 'Namespace/atom-shop', action: 'unchanged' },
    { object: expect.stringMatching(/^Secret\/env-web/), action: 'created' },
    { object: 'Service/web', action: 'created' },
    { object: 'Deployment/web', action: 'created' },
    { object: expect.stringMatching(/^Secret\/env-api/), action: 'unchanged' },
    { object: 'Service/api', action: 'unchanged' },
    { object: 'Deployment/api', action: 'unchanged' },
  ]);
  expect(new Set(Object.keys(await bed.objects()))).toEqual(new Set(Object.keys(before)));
  expect(report.services).toContainEqual(
    expect.objectContaining({ service: 'web', desired: 1, ready: 1 })
  );
});

test('an app that is as it should be is left alone: no process starts again', async () => {
  await bed.promote(first);
  const pods = (await bed.cluster.list('Pod', namespace)).items.map((it) => it.metadata.uid);

  const report = await rescue();
  const again = await rescue();

  expect(report.objects.every((it) => it.action === 'unchanged')).toBe(true);
  expect(again.objects).toEqual(report.objects);
  await bed.pass(5_000);
  const after = (await bed.cluster.list('Pod', namespace)).items.map((it) => it.metadata.uid);
  expect(after).toEqual(pods);
});

test('what somebody has changed is put back', async () => {
  await bed.promote(first);
  const before = await bed.objects();
  const web = await bed.live('Deployment', 'web');
  const containers = [{ name: 'shop', image: 'registry/evil@sha256:good-9' }];
  await bed.cluster.patch(
    web,
    { spec: { template: { spec: { containers } } } },
    { fieldManager: 'kubectl-edit' }
  );
  await bed.pass(3_000);

  const report = await rescue();

  expect(report.objects).toContainEqual({ object: 'Deployment/web', action: 'changed' });
  expect(await bed.objects()).toEqual(before);
});

test('a dry run says what it would do and writes nothing', async () => {
  await bed.promote(first);
  await remove('Service', 'web');
  await bed.pass(2_000);
  const before = await bed.live('Deployment', 'web');

  const report = await rescue({ dryRun: true, prune: true });

  expect(report.objects).toContainEqual({ object: 'Service/web', action: 'created' });
  expect(await bed.cluster.get('Service', namespace, 'web')).toBeUndefined();
  expect(await bed.live('Deployment', 'web')).toEqual(before);
});

test('a promotion that was cut off leaves objects: they are listed, and go with prune', async () => {
  const { release } = await bed.promote(first);
  const before = await bed.objects();
  const promotion = await bed.begin(
    await bed.release({ images: { web: 'good-2', api: 'good-1', extra: 'good-1' }, env: 'A=2' })
  );
  const dead = bed.execute(promotion, {
    visit: (state) => (state === 'Watch' ? Promise.reject(new Error('AWS is down')) : undefined),
  });
  await expect(dead).rejects.toThrow('AWS is down');
  await bed.pass(5_000);

  const listed = await rescue();
  const pruned = await rescue({ prune: true });

  expect(listed.leftovers.map((it) => it.object)).toEqual(
    expect.arrayContaining(['Deployment/extra', 'Service/extra'])
  );
  expect(listed.leftovers.every((it) => it.promotion === promotion.id)).toBe(true);
  expect(pruned.leftovers.every((it) => it.action === 'removed')).toBe(true);
  expect(pruned).toMatchObject({ release, healthy: true });
  expect(await bed.objects()).toEqual(before);
});

test('a promotion whose plane comes back after the rescue goes back to the same release', async () => {
  const { release } = await bed.promote(first);
  const promotion = await bed.begin(
    await bed.release({ images: { web: 'good-2', api: 'good-1' } })
  );
  await expect(
    bed.execute(promotion, {
      visit: (state) =>
        state === 'Activate' ? Promise.reject(new Error('AWS is down')) : undefined,
    })
  ).rejects.toThrow('AWS is down');
  await rescue({ prune: true });
  await bed.promotions.countAttempt({ app: 'shop', id: promotion.id, attempt: 2 });

  const { end } = await bed.execute(promotion, { attempt: 2 });

  expect(end).toBe('RolledBack');
  expect(bed.promotion(promotion.id).reason).toBe('Rescued');
  expect(bed.records.of('shop').app?.active).toBe(release);
  expect(JSON.stringify(await bed.live('Deployment', 'web'))).toContain('good-1');
});

test('promotions go on as ever after a rescue', async () => {
  await bed.promote(first);
  await rescue();

  const good = await bed.promote({ images: { web: 'good-2', api: 'good-1' } });
  const bad = await bed.promote({ images: { web: 'crash', api: 'good-1' } });

  expect([good.end, bad.end]).toEqual(['Promoted', 'RolledBack']);
});

test('a rescue that is written over says that the plane is alive', async () => {
  await bed.promote(first);
  let isDone = false;
  const cluster = replacing(bed.deps.cluster, {
    list: async (...args: Parameters<typeof bed.cluster.list>) => {
      if (args[0] === 'Pod' && !isDone) {
        isDone = true;
        const web = await bed.live('Deployment', 'web');
        const labels = { 'rackless.dev/fence': '7' };
        await bed.cluster.patch(web, { metadata: { labels } }, { fieldManager: 'rackless' });
      }
      return bed.cluster.list(...args);
    },
  });

  await expect(rescue({}, cluster)).rejects.toMatchObject({
    message: 'Deployment/web was written by somebody else during the rescue',
    hint: expect.stringContaining('alive'),
  });
});

test('a count is left as it is and said; --scale puts it back', async () => {
  await bed.promote(first);
  const web = await bed.live('Deployment', 'web');
  await bed.cluster.patch(web, { spec: { replicas: 0 } }, { fieldManager: 'kubectl-scale' });
  await bed.pass(3_000);

  const left = await rescue();
  const scaled = await rescue({ scale: true });

  expect(left.services).toContainEqual(
    expect.objectContaining({ service: 'web', desired: 0, note: expect.stringMatching(/^scaled/) })
  );
  expect(scaled.services).toContainEqual(
    expect.objectContaining({ service: 'web', desired: 1, ready: 1, note: '' })
  );
});

test('an environment Secret with other values is made anew', async () => {
  await bed.promote(first);
  const name = await secretName();
  await remove('Secret', name);
  await bed.cluster.create(
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name, namespace, labels: { system: 'rackless', rack: 'atom', app: 'shop' } },
      stringData: { A: 'wrong' },
    },
    { fieldManager: 'kubectl' }
  );

  const report = await rescue();

  expect(report.objects).toContainEqual({ object: `Secret/${name}`, action: 'changed' });
  const data = (await bed.live('Secret', name))['data'] as Record<string, string>;
  expect(Buffer.from(data['A'] ?? '', 'base64').toString()).toBe('1');
});

test('processes that do not get ready are named', async () => {
  const { release } = await bed.promote({ images: { web: 'good' } });
  await remove('Deployment', 'web');
  await bed.pass(2_000);
  const { items } = await bed.cluster.list('Pod', namespace);
  expect(items).toEqual([]);
  const cluster = replacing(bed.deps.cluster, {
    create: (object, options) =>
      bed.cluster.create(JSON.parse(JSON.stringify(object).replace(':good', ':missing')), options),
  } as Partial<typeof bed.cluster>);

  const report = await rescue({ patience: 5_000 }, cluster);

  expect(report).toMatchObject({ release, healthy: false });
  expect(report.services[0]?.waiting).toMatch(
    /^0 of 1 processes are ready again; web-.*ErrImagePull/
  );
});

test('an object of somebody else is not touched', async () => {
  await bed.promote({ images: { web: 'good' } });
  await remove('Service', 'web');
  await bed.cluster.create(
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'web', namespace },
      spec: { ports: [{ port: 80 }] },
    },
    { fieldManager: 'kubectl' }
  );

  await expect(rescue()).rejects.toThrow('Service/web does not belong to app shop of atom');
});

test('an app that is not there: those that are, are named', async () => {
  await bed.promote({ images: { web: 'good' } });

  await expect(rescue({ app: 'shopp' })).rejects.toMatchObject({
    message: 'no app shopp in this cluster',
    hint: 'there are: atom/shop',
  });
});

test('two racks with an app of the name: the rack has to be named', async () => {
  await bed.promote({ images: { web: 'good' } });
  const labels = { system: 'rackless', rack: 'other', app: 'shop' };
  await bed.cluster.put({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: 'other-shop', labels },
  });

  await expect(rescue()).rejects.toThrow('more than one rack has an app shop: atom, other');
  expect(await rescue({ rack: 'atom' })).toMatchObject({ rack: 'atom' });
  await expect(rescue({ rack: 'other' })).rejects.toThrow(
    'there is no Secret other-shop/rackless-active'
  );
});

test('another release than the one in the copy is refused', async () => {
  const { release } = await bed.promote({ images: { web: 'good' } });

  await expect(rescue({ release: 'RAAAAAZAAAA' })).rejects.toThrow(
    `the cluster has a copy of ${release}, not of RAAAAAZAAAA`
  );
});

test('a permission that is missing is named with its verb and resource', async () => {
  await bed.promote({ images: { web: 'good' } });
  const message = 'User "eve" cannot get resource "secrets" in API group ""';
  bed.cluster.refuseNext(
    (call) => call.includes('secrets/rackless-active'),
    new ClusterError(403, { reason: 'Forbidden', message })
  );

  await expect(rescue()).rejects.toThrow(/get.* secrets|get resource "secrets"/);
});
