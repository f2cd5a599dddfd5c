import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { admin, apiBed, deployer, reader } from '#test/fakes/api-bed.ts';
import { apiClient } from '#test/fakes/api-client.ts';
import { aBuild, aRelease } from '#test/samples.ts';

const jsonHeaders = { accept: 'application/json', 'content-type': 'application/json' };
const formHeaders = { 'content-type': 'application/x-www-form-urlencoded' };

test('answers JSON as Convox does: two spaces, a line break at the end, its headers', async () => {
  const send = apiClient(await apiBed().hasApp());

  const answer = await send({ path: '/apps/shop' });

  expect(answer.status).toBe(200);
  expect(answer.text).toMatch(/^\{\n {2}"generation": "3",\n/);
  expect(answer.text.endsWith('}\n')).toBe(true);
  expect(answer.headers).toMatchObject({
    'content-type': 'application/json',
    'request-id': 'request-1',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
  });
});

test('answers routes without a result with the text ok', async () => {
  const send = apiClient(await apiBed().hasApp());

  const answer = await send({ method: 'PUT', path: '/apps/shop', body: 'lock=true' });

  expect(answer).toMatchObject({ status: 200, text: 'ok' });
  expect(answer.headers['content-type']).toMatch(/^text\/plain/);
});

test('is open at /check, and only there', async () => {
  const send = apiClient();

  expect(await send({ path: '/check', caller: undefined })).toMatchObject({
    status: 200,
    text: 'ok',
  });
  for (const path of ['/apps', '/system', '/auth', '/apps/shop/releases', '/no/such/route', '/']) {
    expect((await send({ path, caller: undefined })).status).toBe(401);
  }
});

test('refuses a stranger in Convox’s words, as text', async () => {
  const answer = await apiClient()({
    path: '/apps',
    caller: undefined,
    headers: { accept: '*/*' },
  });

  expect(answer).toMatchObject({ status: 401, text: 'invalid authentication' });
  expect(answer.headers).toMatchObject({
    'content-type': 'text/plain; charset=utf-8',
    'www-authenticate': 'Basic realm="convox"',
  });
});

test('refuses a stranger with a problem when the client asks for JSON', async () => {
  const answer = await apiClient()({ path: '/apps', caller: undefined, headers: jsonHeaders });

  expect(answer.headers['content-type']).toBe('application/problem+json');
  expect(answer.json).toEqual({
    code: 'Unauthenticated',
    detail: 'invalid authentication',
    hint: expect.any(String),
    error: 'invalid authentication',
    requestId: 'request-1',
  });
});

test('takes nothing for an identity that the authorizer did not give', async () => {
  const send = apiClient();
  const strange = [{ name: '', role: 'admin' }, { name: 'x', role: 'root' }, { role: 'admin' }];

  for (const caller of strange) {
    expect((await send({ path: '/apps', caller: caller as never })).status).toBe(401);
  }
});

test('refuses what a role does not allow with 403, before it looks at anything', async () => {
  const send = apiClient();
  const cases = [
    { caller: reader, method: 'POST', path: '/apps', body: 'name=shop' },
    { caller: deployer, method: 'POST', path: '/apps', body: 'name=shop' },
    { caller: reader, method: 'POST', path: '/apps/gone/builds' },
    { caller: reader, method: 'POST', path: '/apps/gone/releases/RAAAAAAAAAA/promote' },
    { caller: reader, method: 'POST', path: '/apps/gone/releases', body: 'env=A=1' },
    { caller: reader, method: 'PATCH', path: '/apps/gone/environment' },
    { caller: deployer, method: 'PUT', path: '/apps/gone', body: 'policy=privileged' },
  ];

  for (const request of cases) {
    const { status, text } = await send(request);
    expect([request.path, status]).toEqual([request.path, 403]);
    expect(text).toMatch(/^token \w+ has role (read|deploy), which does not allow /);
  }
});

test('shows an environment to those alone who hold env:read', async () => {
  const bed = await apiBed().hasApp();
  const { id } = await bed.releases.create(aRelease({ env: 'KEY=secret' }), undefined);
  const send = apiClient(bed);
  const path = `/apps/shop/releases/${id}`;

  const mayNot = await send({ path, caller: reader, headers: jsonHeaders });
  const may = await send({ path, caller: deployer });
  const listed = await send({ path: '/apps/shop/releases', caller: reader });

  expect(mayNot.status).toBe(403);
  expect(mayNot.json).toMatchObject({ code: 'PermissionDenied' });
  expect(mayNot.text).not.toContain('secret');
  expect(may.json).toMatchObject({ env: 'KEY=secret' });
  expect(listed.json).toMatchObject([{ id, env: '' }]);
  expect(listed.text).not.toContain('secret');
});

test('holds a token for one app to that app', async () => {
  const bed = await apiBed().hasApp();
  await bed.hasApp({ name: 'blog' });
  const send = apiClient(bed);
  const scoped = { ...admin, app: 'shop' };

  expect((await send({ path: '/apps/shop', caller: scoped })).status).toBe(200);
  for (const request of [
    { path: '/apps/blog' },
    { path: '/apps/gone' },
    { path: '/apps/%62log' },
    { path: '/apps/blog/builds' },
    { path: '/apps/blog/releases', query: 'app=shop' },
    { method: 'POST', path: '/apps', body: 'name=another' },
    { method: 'POST', path: '/apps/blog/releases', body: 'app=shop&env=A=1' },
  ]) {
    const { status, text } = await send({ ...request, caller: scoped });
    expect([request.path, status]).toEqual([request.path, 403]);
    expect(text).toBe('token ann is for app shop only');
  }
});

test('lists to a token for one app that app alone', async () => {
  const bed = await apiBed().hasApp();
  await bed.hasApp({ name: 'blog' });

  const answer = await apiClient(bed)({ path: '/apps', caller: { ...reader, app: 'shop' } });

  expect(answer.json).toMatchObject([{ name: 'shop' }]);
});

test('has 404 for routes and apps that are not there', async () => {
  const send = apiClient();

  expect(await send({ path: '/machines' })).toMatchObject({
    status: 404,
    text: 'no such route: GET /machines',
  });
  expect(await send({ method: 'DELETE', path: '/apps' })).toMatchObject({ status: 404 });
  expect(await send({ path: '/apps/gone' })).toMatchObject({
    status: 404,
    text: 'app not found: gone',
  });
  expect((await send({ path: '/apps/gone/builds', headers: jsonHeaders })).json).toMatchObject({
    code: 'NotFound',
    error: 'app not found: gone',
  });
});

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
  const names = ['__proto__', 'constructor', 'toString', 'hasOwnProperty'];
  const body = JSON.stringify({ set: Object.fromEntries(names.slice(1).map((it) => [it, '1'])) });
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

test('refuses an answer that Lambda could not send with 413, in the form that was asked for', async () => {
  const bed = await apiBed().hasApp();
  for (let count = 0; count < 20; count++) {
    await bed.builds.create(aBuild({ manifest: 'x'.repeat(400_000) }));
  }
  const request = { path: '/apps/shop/builds', query: 'limit=20' };

  const text = await apiClient(bed)(request);
  const problem = await apiClient(bed)({ ...request, headers: { accept: 'application/json' } });

  expect(text.status).toBe(413);
  expect(text.headers['content-type']).toMatch(/^text\/plain/);
  expect(problem.status).toBe(413);
  expect(problem.json).toMatchObject({
    code: 'TooLarge',
    error: text.text,
    hint: expect.stringContaining('limit'),
  });
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

test('says nothing of the inside when something is wrong on our side', async () => {
  const bed = apiBed();
  bed.apps.list = () => Promise.reject(new Error('table rackless-prod is on fire'));

  const text = await apiClient(bed)({ path: '/apps' });
  const problem = await apiClient(bed)({ path: '/apps', headers: jsonHeaders });

  expect(text).toMatchObject({
    status: 500,
    text: 'something went wrong on our side (request request-1)',
  });
  expect(problem.json).toMatchObject({ code: 'InternalError', requestId: 'request-1' });
  expect(problem.text).not.toContain('fire');
});

test('answers any request with a status of its own, never with a crash', async () => {
  const send = apiClient(await apiBed().hasApp());
  const segment = fc.oneof(
    fc.constantFrom('apps', 'shop', 'builds', 'releases', '%', ''),
    fc.string()
  );

  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE'),
      fc.array(segment, { maxLength: 5 }),
      fc.record({ query: fc.string(), body: fc.string(), isBase64Encoded: fc.boolean() }),
      async (method, segments, rest) => {
        const { status } = await send({ method, path: `/${segments.join('/')}`, ...rest });
        expect([200, 400, 403, 404, 409, 413]).toContain(status);
      }
    ),
    { numRuns: 150 }
  );
});
