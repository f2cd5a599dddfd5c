import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { ConflictError } from '#core/errors.ts';
import { ClusterError } from '#core/kubernetes/cluster-error.ts';
import type { KubernetesObject } from '#core/kubernetes/object.ts';
import { activeCopy, readActiveCopy } from '#core/promotions/engine/active-copy.ts';
import { KilledError, killable } from './killable.ts';
import { namespace, PromotionBed } from './promotion-bed.ts';
import { replacing } from './replacing.ts';

let bed: PromotionBed;

beforeEach(() => {
  bed = new PromotionBed();
});

afterEach(() => bed.close());

const secret = () => bed.live('Secret', 'rackless-active');
const copy = async () => readActiveCopy(await secret());
const plain = (object: KubernetesObject, field: string): string =>
  Buffer.from((object['data'] as Record<string, string>)[field] ?? '', 'base64').toString();

test('an active release is kept in the cluster with all that a rescue needs', async () => {
  const { id, release } = await bed.promote({ images: { web: 'good', api: 'good' }, env: 'A=1' });

  const kept = await copy();
  expect(kept).toMatchObject({
    rack: 'atom',
    promotion: id,
    fence: 1,
    app: { name: 'shop', policy: 'restricted', dataKey: expect.any(String) },
    release: { id: release, env: 'A=1', manifest: expect.stringContaining('web') },
    build: { images: expect.arrayContaining([expect.objectContaining({ service: 'web' })]) },
  });
  expect(kept.live).toContainEqual({
    key: 'Deployment/web',
    uid: (await bed.live('Deployment', 'web')).metadata.uid,
    replicas: 1,
  });
  expect(kept.rendered.objects.find((it) => it.kind === 'Secret')).toMatchObject({
    stringData: { A: '1', RELEASE: release },
  });
});

test('a person finds release, fence and digests without unpacking it', async () => {
  const { release } = await bed.promote({ images: { web: 'good' } });

  const object = await secret();
  expect([plain(object, 'release'), plain(object, 'fence')]).toEqual([release, '1']);
  expect(JSON.parse(plain(object, 'images'))).toEqual({ web: 'registry/shop@sha256:good' });
});

test('the copy stays that of the active release when the next one fails', async () => {
  const { release } = await bed.promote({ images: { web: 'good' } });

  await bed.promote({ images: { web: 'crash' } });

  expect((await copy()).release.id).toBe(release);
});

test('an execution that dies right after the activation leaves a copy all the same', async () => {
  await bed.promote({ images: { web: 'good-1' } });
  const promotion = await bed.begin(await bed.release({ images: { web: 'good-2' } }));
  let isActivated = false;
  const records = replacing(bed.deps.records, {
    activate: async (...args: Parameters<typeof bed.deps.records.activate>) => {
      const answer = await bed.deps.records.activate(...args);
      isActivated = true;
      return answer;
    },
  });
  const deps = killable({ ...bed.deps, records }, () => (isActivated ? 'before' : undefined));
  await expect(bed.execute(promotion, { deps })).rejects.toThrow(KilledError);
  await bed.promotions.countAttempt({ app: 'shop', id: promotion.id, attempt: 2 });

  await bed.execute(promotion, { attempt: 2 });

  expect(bed.promotion(promotion.id).status).toBe('Promoted');
  expect((await copy()).release.id).toBe(promotion.release);
});

test('a cluster that refuses the copy does not hold up a good release', async () => {
  bed.cluster.refuseNext(
    (call) => call.startsWith('POST') && call.endsWith(`/${namespace}/secrets`) && isActive(),
    new ClusterError(403, { reason: 'Forbidden', message: 'exceeded quota: secrets' })
  );
  const isActive = (): boolean => bed.records.of('shop').app?.active !== undefined;

  const { end, id } = await bed.promote({ images: { web: 'good' } });

  expect(end).toBe('Promoted');
  expect(bed.story(id)).toContain(
    'system/rackless/active copy not kept in the cluster: exceeded quota: secrets'
  );
});

test('twenty services with a full environment fit into one Secret', async () => {
  await bed.promote({ images: { web: 'good' } });
  const kept = await copy();
  const values = Object.fromEntries(
    Array.from({ length: 100 }, (_, at) => [`V${at}`, randomBytes(1_400).toString('base64')])
  );
  const env = Object.entries(values).map(([name, value]) => `${name}=${value}`);
  const [template] = kept.rendered.objects.filter((it) => it.kind === 'Secret');
  const secrets = Array.from({ length: 20 }, (_, at) => ({
    ...(template as KubernetesObject),
    metadata: { name: `env-s${at}` },
    stringData: values,
  }));
  const large = {
    ...kept,
    release: { ...kept.release, env: env.join('\n') },
    rendered: { ...kept.rendered, objects: secrets },
  };

  const object = activeCopy(large);

  const sizes = Object.values(object['data'] as Record<string, string>);
  expect(sizes.reduce((sum, it) => sum + it.length * 0.75, 0)).toBeLessThan(400_000);
  expect(readActiveCopy(object)).toEqual(large);
});

test('the copy of a newer version is refused by name, and a damaged one as well', async () => {
  await bed.promote({ images: { web: 'good' } });
  const object = await secret();
  const data = object['data'] as Record<string, string>;
  const newer = { ...object, data: { ...data, version: Buffer.from('3').toString('base64') } };

  expect(() => readActiveCopy(newer)).toThrow(ConflictError);
  expect(() => readActiveCopy(newer)).toThrow('has version 3, and 2 is known');
  expect(() => readActiveCopy({ ...object, data: { ...data, copy: 'AAAA' } })).toThrow(
    'is damaged'
  );
});

test('a release whose objects a rescue has put back meanwhile is not called active', async () => {
  const { release } = await bed.promote({ images: { web: 'good-1' } });
  const promotion = await bed.begin(await bed.release({ images: { web: 'good-2' } }));

  const { end } = await bed.execute(promotion, {
    visit: async (state) => {
      if (state !== 'Activate') return;
      const web = await bed.live('Deployment', 'web');
      const labels = { 'rackless.dev/fence': '1002' };
      await bed.cluster.patch(web, { metadata: { labels } }, { fieldManager: 'rackless' });
    },
  });

  expect(end).toBe('RolledBack');
  expect(bed.promotion(promotion.id)).toMatchObject({ reason: 'Rescued' });
  expect(bed.records.of('shop').app?.active).toBe(release);
  expect((await copy()).release.id).toBe(release);
  expect(JSON.stringify(await bed.live('Deployment', 'web'))).toContain('good-1');
});
