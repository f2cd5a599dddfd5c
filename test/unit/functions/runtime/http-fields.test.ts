import { expect, test } from '@jest/globals';
import { apiBed } from '#test/fakes/api-bed.ts';
import { apiClient, jsonHeaders } from '#test/fakes/api-client.ts';

const formHeaders = { 'content-type': 'application/x-www-form-urlencoded' };

test('reads fields from a form, from JSON, and from either in base64', async () => {
  const bodies = [
    { headers: formHeaders, body: 'name=one&generation=3' },
    { headers: jsonHeaders, body: '{"name":"two"}' },
    {
      headers: formHeaders,
      body: Buffer.from('name=three').toString('base64'),
      isBase64Encoded: true,
    },
    {
      headers: { 'content-type': 'application/json; charset=utf-8' },
      body: Buffer.from('{"name":"four"}').toString('base64'),
      isBase64Encoded: true,
    },
  ];
  const bed = apiBed();
  const send = apiClient(bed);

  for (const request of bodies) {
    const answer = await send({ method: 'POST', path: '/apps', ...request });
    expect(answer.status).toBe(200);
  }

  const names = (await bed.apps.list()).map((it) => it.name);
  expect(names).toEqual(['four', 'one', 'three', 'two']);
});

test('takes a GET with a content type, no body and a question mark', async () => {
  const send = apiClient(await apiBed().hasApp());
  const headers = { 'content-type': 'application/octet-stream', accept: '*/*' };

  expect((await send({ path: '/apps/shop', query: '', headers })).status).toBe(200);
  expect((await send({ path: '/apps/shop?', headers })).status).toBe(200);
  expect((await send({ path: '/apps/shop/', headers, body: '' })).status).toBe(200);
});

test('decodes a path once, and refuses what is no name', async () => {
  const send = apiClient(await apiBed().hasApp());

  expect((await send({ path: '/apps/%73hop' })).status).toBe(200);
  for (const path of [
    '/apps/%2573hop/builds',
    '/apps/shop%2Fbuilds/builds',
    '/apps/%/builds',
    '/apps/%00/builds',
    '/apps/..%2Fshop/builds',
    '/apps/SHOP/builds',
    `/apps/${'a'.repeat(400)}/builds`,
  ]) {
    const { status, text } = await send({ path });
    expect([path, status]).toEqual([path, 400]);
    expect(text).toMatch(/^app: must be 2 to 30 characters/);
  }
});

test('lets the path win over fields of the same name', async () => {
  const bed = await apiBed().hasApp();
  await bed.hasApp({ name: 'blog' });

  await apiClient(bed)({
    method: 'PUT',
    path: '/apps/shop',
    query: 'name=blog',
    body: 'name=blog&lock=true',
  });

  expect((await bed.apps.find('shop'))?.locked).toBe(true);
  expect((await bed.apps.find('blog'))?.locked).toBe(false);
});

test('names each field that is wrong, and changes nothing', async () => {
  const bed = await apiBed().hasApp();
  const send = apiClient(bed);
  const cases: [string, string, string, RegExp][] = [
    ['POST', '/apps', '{"name":5}', /^name: /],
    ['POST', '/apps', '{}', /^name is missing$/],
    ['POST', '/apps', '{"name":"Shop!"}', /^name: must be 2 to 30 characters.*: Shop!$/],
    ['PUT', '/apps/shop', '{"lock":"maybe"}', /^lock: /],
    ['PUT', '/apps/shop', '{"policy":"all"}', /^policy: /],
    ['POST', '/apps/shop/uploads', '{"sha256":"abc","size":-1}', /^sha256: .*; size: /],
    ['POST', '/apps/shop/builds', '{"no-cache":"yes"}', /^no-cache: /],
    ['POST', '/apps/shop/releases', '{"env":["A=1"]}', /^env: /],
    ['PATCH', '/apps/shop/environment', '{"set":{"A":1}}', /^set\.A: /],
    ['PATCH', '/apps/shop/environment', '{"unset":"A"}', /^unset: /],
    ['POST', '/apps/shop/releases/R1/promote', '', /^id: must be R and ten letters A-Z: R1$/],
    ['GET', '/apps/shop/builds/BAAAAAAAAA1', '', /^id: must be B and ten letters A-Z/],
  ];

  for (const [method, path, body, message] of cases) {
    const { status, text } = await send({ method, path, body, headers: formOrJson(body) });
    expect([path, status]).toEqual([path, 400]);
    expect(text).toMatch(message);
  }
  expect(await bed.apps.list()).toHaveLength(1);
  expect(await bed.releases.list('shop', 10)).toEqual([]);
});

const formOrJson = (body: string) => ({
  'content-type': body ? 'application/json' : 'application/octet-stream',
});

test('never repeats the value of a variable in a refusal', async () => {
  const send = apiClient(await apiBed().hasApp());

  const answers = [
    await send({
      method: 'PATCH',
      path: '/apps/shop/environment',
      headers: jsonHeaders,
      body: '{"set":{"KEY":["hunter2"]}}',
    }),
    await send({
      method: 'POST',
      path: '/apps/shop/releases',
      headers: jsonHeaders,
      body: '{"env":{"KEY":"hunter2"}}',
    }),
  ];

  for (const { status, text } of answers) {
    expect(status).toBe(400);
    expect(text).not.toContain('hunter2');
  }
});

test('refuses a body that is no JSON object', async () => {
  const send = apiClient();

  for (const body of ['{"name":', '[]', '5', 'null', '"name"']) {
    const answer = await send({ method: 'POST', path: '/apps', headers: jsonHeaders, body });
    expect([body, answer.status]).toEqual([body, 400]);
    expect(answer.json).toMatchObject({
      code: 'InvalidRequest',
      detail: expect.stringMatching(/^request body is not/),
    });
  }
});

test('refuses numbers that are none in a query', async () => {
  const send = apiClient(await apiBed().hasApp());

  for (const limit of ['ten', '-1', '1001', '1.5', 'NaN', '1e9']) {
    const { status, text } = await send({ path: '/apps/shop/builds', query: `limit=${limit}` });
    expect([limit, status]).toEqual([limit, 400]);
    expect(text).toMatch(/^limit: /);
  }
});

test('takes hostile field names for nothing but names', async () => {
  const bed = await apiBed().hasApp();
  const names = ['constructor', 'toString', 'hasOwnProperty'];
  const body = JSON.stringify({ set: Object.fromEntries(names.map((it) => [it, '1'])) });
  const send = apiClient(bed);

  const answer = await send({
    method: 'PATCH',
    path: '/apps/shop/environment',
    headers: jsonHeaders,
    body,
  });
  const form = await send({
    method: 'PUT',
    path: '/apps/shop',
    query: '__proto__=1&constructor=2',
    body: '__proto__=1&lock=false&toString=3',
  });

  expect([answer.status, form.status]).toEqual([200, 200]);
  expect((await bed.releases.latest('shop'))?.env).toBe(
    'constructor=1\nhasOwnProperty=1\ntoString=1'
  );
  expect(({} as Record<string, unknown>)['lock']).toBeUndefined();
});

test('refuses a body over the limit with 413', async () => {
  const bed = await apiBed().hasApp();
  const answer = await apiClient(bed)({
    method: 'POST',
    path: '/apps/shop/releases',
    body: `env=${'A'.repeat(3_000_000)}`,
  });

  expect(answer.status).toBe(413);
  expect(await bed.releases.latest('shop')).toBeUndefined();
});
