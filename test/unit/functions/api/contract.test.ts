import { expect, test } from '@jest/globals';
import type { Endpoint } from '#contracts/endpoint.ts';
import { routes } from '#contracts/routes.ts';
import { documentKeys } from '#core/documents/ports.ts';
import { apiBed } from '#test/fakes/api-bed.ts';
import { apiClient } from '#test/fakes/api-client.ts';
import { aBuild, anEvent, aPromotion, aRelease } from '#test/samples.ts';

const sha256 = 'ab'.repeat(32);

/** A rack in which there is one of everything. */
const fullBed = async () => {
  const bed = await apiBed().hasApp();
  const key = `sources/${sha256}.tgz`;
  await bed.objects.write('shop', key, Buffer.from('source'));
  const images = [{ service: 'web', image: `registry.example.com/atom/shop@sha256:${sha256}` }];
  const build = await bed.builds.create(
    aBuild({ status: 'complete', manifest: 'services: {}', images })
  );
  await bed.transfers.write('shop', `exports/${build.id}.tgz`, Buffer.from('archive'));
  const release = await bed.releases.create(aRelease({ build: build.id }), undefined);
  const promotion = await bed.promotions.begin(aPromotion({ release: release.id }));
  const { hold } = await bed.records.acquire({ app: 'shop', id: promotion.id, attempt: 1 });
  await bed.records.saveCheckpoint(hold, { v: 1 }, [anEvent(1), anEvent(2, { kind: 'verdict' })]);
  await bed.records.change(hold, {
    status: 'rolling-back',
    services: [{ service: 'web', desired: 1, updated: 1, ready: 0, old: 1, waiting: 'web-1' }],
  });
  await bed.stories.append({ app: 'shop', id: build.id }, [anEvent(1, { kind: 'log' })]);
  await bed.documents.write(documentKeys.evidence('shop', promotion.id), {
    promotion: promotion.id,
    release: release.id,
    at: '2026-03-18T14:30:00.000Z',
    reason: 'CrashLoop',
    cause: 'web exits',
    processes: [],
    events: ['web-1 Back-off'],
  });
  const ids = { builds: build.id, releases: release.id, promotions: promotion.id };
  return { bed, ids, source: `object://shop/${key}` };
};

type Full = Awaited<ReturnType<typeof fullBed>>;

const bodies: Readonly<Record<string, (full: Full) => object>> = {
  createApp: () => ({ name: 'blog' }),
  createUpload: () => ({ sha256, size: 7 }),
  storeSource: () => ({ chunks: [{ sha256, size: 7 }] }),
  createChunkUploads: () => ({ chunks: [{ sha256, packed: { sha256, size: 7 } }] }),
  createBuild: ({ source }) => ({ url: source }),
  updateBuild: ({ ids }) => ({ release: ids.releases, status: 'complete' }),
  importBuild: () => ({ any: 'content' }),
  createRelease: ({ ids }) => ({ build: ids.builds, env: 'A=2' }),
  changeEnvironment: () => ({ set: { NEW: '1' }, unset: ['A'] }),
};

const pathOf = ({ path }: Endpoint, ids: Full['ids']): string =>
  path
    .replace(/\{(app|name)\}/, 'shop')
    .replace('{key+}', 'tmp/1.tgz')
    .replace(
      /(builds|releases|promotions)\/\{id\}/,
      (_, kind: keyof Full['ids']) => `${kind}/${ids[kind]}`
    );

/** What must fail here, since a promotion holds the app. */
const refused: Readonly<Record<string, string>> = { promoteRelease: 'app is currently updating' };

const api = Object.entries(routes).filter(([, it]) => it.group === 'api');

test.each(api)('%s answers as the contract says', async (name, endpoint) => {
  const full = await fullBed();
  const body = bodies[name]?.(full);

  const answer = await apiClient(full.bed)({
    method: endpoint.method,
    path: pathOf(endpoint, full.ids),
    headers: { 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  });

  const refusal = refused[name];
  if (refusal) {
    expect(answer).toMatchObject({ status: 403, text: refusal });
    return;
  }
  if (endpoint.answer === 'redirect') {
    const location = `memory://shop/exports/${full.ids.builds}.tgz`;
    expect(answer).toMatchObject({ status: 307, text: '', headers: { location } });
    return;
  }
  expect([answer.status, answer.text]).toEqual([200, answer.text]);
  const value = endpoint.answer === 'text' ? answer.text : answer.json;
  expect(endpoint.response.parse(value)).toEqual(value);
});
