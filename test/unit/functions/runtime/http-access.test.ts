import { expect, test } from '@jest/globals';
import { admin, apiBed, deployer, reader } from '#test/fakes/api-bed.ts';
import { apiClient, jsonHeaders } from '#test/fakes/api-client.ts';
import { aRelease } from '#test/samples.ts';

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
