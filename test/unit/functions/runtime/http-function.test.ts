import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { apiBed } from '#test/fakes/api-bed.ts';
import { apiClient, jsonHeaders } from '#test/fakes/api-client.ts';
import { aBuild } from '#test/samples.ts';

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
