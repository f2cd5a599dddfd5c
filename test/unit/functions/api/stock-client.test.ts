import { expect, test } from '@jest/globals';
import { importImage as importImageContract } from '#contracts/builds.ts';
import { importImage } from '#core/builds/import-image.ts';
import { route } from '#functions/runtime/route.ts';
import { type ApiBed, apiBed } from '#test/fakes/api-bed.ts';
import { apiClient } from '#test/fakes/api-client.ts';
import { InMemoryCluster } from '#test/fakes/in-memory-cluster.ts';

/** The headers of every call of Convox's own client. */
const headers = {
  accept: '*/*',
  'accept-encoding': 'gzip',
  'user-agent': 'convox.go/3.24.9',
  version: '3.24.9',
};

/** Requests as Convox's client sends them: forms, and a content type without a body. */
const convox = (bed: ApiBed) => {
  const cluster = new InMemoryCluster();
  const imports = route(importImageContract, importImage({ ...bed, rack: 'atom', cluster }));
  const send = apiClient(bed, [imports]);
  return {
    get: (path: string, query = '') =>
      send({ path, query, headers: { ...headers, 'content-type': 'application/octet-stream' } }),
    form: (method: string, path: string, fields: Readonly<Record<string, string>> = {}) =>
      send({
        method,
        path,
        // API Gateway hands on forms in base64.
        body: Buffer.from(new URLSearchParams(fields).toString()).toString('base64'),
        isBase64Encoded: true,
        headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' },
      }),
    upload: (path: string, content: Buffer) =>
      send({
        method: 'POST',
        path,
        body: content.toString('base64'),
        isBase64Encoded: true,
        headers: { ...headers, 'content-type': 'application/octet-stream' },
      }),
  };
};

test('gets a version that the client takes for a rack of version 3', async () => {
  const { version } = (await convox(apiBed()).get('/system')).json as { version: string };

  expect(version > '20190111211123').toBe(true);
  expect(version).toMatch(/^3\./);
});

test('creates an app that is running when the client asks for it', async () => {
  const client = convox(apiBed());

  await client.form('POST', '/apps', { generation: '3', name: 'shop' });

  expect((await client.get('/apps/shop')).json).toMatchObject({ name: 'shop', status: 'running' });
  expect(await client.form('POST', '/apps', { name: 'shop' })).toMatchObject({
    status: 409,
    text: 'app already exists: shop',
  });
  expect(await client.form('POST', '/apps', { name: 'system' })).toMatchObject({
    status: 400,
    text: 'app name is reserved',
  });
});

test('builds a source that came as one body', async () => {
  const bed = await apiBed().hasApp();
  const client = convox(bed);
  const content = Buffer.from([0x1f, 0x8b, 0x00, 0xff, 0xfe, 0x80]);
  const key = `tmp/${'0123456789abcdef'.repeat(2).slice(2)}.tgz`;

  const stored = (await client.upload(`/apps/shop/objects/${key}`, content)).json as {
    Url: string;
  };
  const build = await client.form('POST', '/apps/shop/builds', {
    url: stored.Url,
    'build-args': 'A=1,B=2',
    'no-cache': 'true',
  });

  expect(stored.Url).toBe(`object://shop/${key}`);
  expect(build).toMatchObject({ status: 200, json: { app: 'shop', status: 'created' } });
  const [started] = await bed.builds.list('shop', 1);
  expect(started).toMatchObject({ noCache: true, buildArgs: { A: '1', B: '2' } });
  expect(bed.buildRuns.started).toEqual([`shop/${started?.id}`]);
});

test('refuses sources that are not there, of another app, or made up', async () => {
  const client = convox(await apiBed().hasApp());
  const cases: [string, number, RegExp][] = [
    ['object://shop/tmp/none.tgz', 404, /^object not found: /],
    ['object://blog/tmp/1.tgz', 400, /^url: not a source of app shop: object:\/\/blog/],
    ['https://example.com/1.tgz', 400, /^url: not a source/],
    ['object://shop/../blog/tmp/1.tgz', 400, /^url: not a source/],
    ['', 400, /^url: not a source/],
  ];

  for (const [url, status, text] of cases) {
    const answer = await client.form('POST', '/apps/shop/builds', { url });
    expect([url, answer.status]).toEqual([url, status]);
    expect(answer.text).toMatch(text);
  }
});

test('keeps a client out of what the rack keeps', async () => {
  const bed = await apiBed().hasApp();
  await bed.objects.write('shop', 'promotions/P1/evidence.json', Buffer.from('true'));
  await bed.objects.write('shop', `sources/${'a'.repeat(64)}.tgz`, Buffer.from('honest'));
  const client = convox(bed);

  for (const key of [
    'promotions/P1/evidence.json',
    `sources/${'a'.repeat(64)}.tgz`,
    '../blog/tmp/1',
    'tmp/../sources/1',
    'tmp//1',
  ]) {
    await client.upload(`/apps/shop/objects/${key}`, Buffer.from('forged'));
  }

  expect(await bed.objects.readText('shop', 'promotions/P1/evidence.json')).toBe('true');
  expect(await bed.objects.readText('shop', `sources/${'a'.repeat(64)}.tgz`)).toBe('honest');
});

test('sets the environment by reading, changing and posting it whole', async () => {
  const bed = await apiBed().hasApp();
  const client = convox(bed);
  await client.form('POST', '/apps/shop/releases', { env: 'B=2\nA=1' });
  const [{ id }] = (await client.get('/apps/shop/releases', 'limit=1')).json as [{ id: string }];
  const { env } = (await client.get(`/apps/shop/releases/${id}`)).json as { env: string };

  await client.form('POST', '/apps/shop/releases', { env: `${env}\nC=3` });
  const masked = await client.form('POST', '/apps/shop/releases', { env: 'A=****\nB=2' });

  expect(env).toBe('A=1\nB=2');
  expect(masked).toMatchObject({ status: 400, text: 'env: masked value for A' });
  expect(await bed.releases.latest('shop')).toMatchObject({
    env: 'A=1\nB=2\nC=3',
    description: 'env add:C',
  });
});

test('imports an image: a build, its manifest, the image, then its release', async () => {
  const bed = await apiBed().hasApp();
  const client = convox(bed);
  const manifest = 'services:\n  web:\n    port: 80\n';
  const created = await client.form('POST', '/apps/shop/builds', { external: 'true' });
  const { id } = created.json as { id: string };
  const build = `/apps/shop/builds/${id}`;
  const form = {
    image: 'ghcr.io/acme/shop:1',
    'src-creds-user': 'ada',
    'src-creds-pass': 'hunter2',
  };

  expect(await client.form('PUT', build, { manifest })).toMatchObject({ status: 200 });
  expect(await client.form('POST', `${build}/image`, form)).toMatchObject({
    status: 200,
    text: 'ok',
  });
  expect(await client.form('POST', `${build}/image`, form)).toMatchObject({
    status: 409,
    text: `build ${id} is already importing; wait for completion before retrying`,
  });
  expect((await client.get(build)).json).toMatchObject({ status: 'running', release: '' });
  // As the state machine ends it.
  await bed.builds.change('shop', id, { status: 'complete', ended: '2026-03-18T14:40:00Z' });
  expect((await client.get(build)).json).toMatchObject({ status: 'complete', release: '' });

  const release = await client.form('POST', '/apps/shop/releases', { build: id });
  const { id: releaseId } = release.json as { id: string };
  const named = await client.form('PUT', build, { release: releaseId });

  expect(release).toMatchObject({ status: 200, json: { build: id, manifest } });
  expect(named).toMatchObject({ status: 200, json: { id, release: releaseId } });
});

test('answers promote and cancel in the order and the words of Convox', async () => {
  const bed = await apiBed().hasApp();
  const client = convox(bed);
  await client.form('POST', '/apps/shop/releases', { env: 'A=1' });
  const { id = '' } = (await bed.releases.latest('shop')) ?? {};
  const promote = `/apps/shop/releases/${id}/promote`;

  expect(await client.form('POST', '/apps/shop/cancel')).toMatchObject({
    status: 403,
    text: 'app is not updating',
  });
  expect(await client.form('POST', promote, { force: 'false' })).toMatchObject({
    status: 400,
    text: 'can not promote a release with an empty manifest',
  });
  expect(await client.form('POST', '/apps/shop/releases/RZZZZZZZZZZ/promote')).toMatchObject({
    status: 404,
    text: 'release not found: RZZZZZZZZZZ',
  });
});

test('goes on without what this rack does not have', async () => {
  const client = convox(await apiBed().hasApp());

  for (const path of ['/machines', '/apps/shop/configs/cli-env-mask', '/apps/shop/budget']) {
    expect((await client.get(path)).status).toBe(404);
  }
  expect((await client.get('/racks')).status).toBe(200);
});
