import { expect, test } from '@jest/globals';
import { answerFailure, networkFailure } from '#adapters/registry/registry-failure.ts';

const failed = (cause: object) =>
  networkFailure(new TypeError('fetch failed', { cause }), 'r.test');
const coded = (code: string) => Object.assign(new Error(`it is ${code}`), { code });

test.each([
  ['ENOTFOUND', 'dns'],
  ['EAI_AGAIN', 'dns'],
  ['ECONNREFUSED', 'unreachable'],
  ['EHOSTUNREACH', 'unreachable'],
  ['UND_ERR_SOCKET', 'unreachable'],
  ['UND_ERR_CONNECT_TIMEOUT', 'timeout'],
  ['ERR_SSL_WRONG_VERSION_NUMBER', 'plain-http'],
  ['CERT_HAS_EXPIRED', 'tls'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'tls'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'tls'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'tls'],
])('takes %s for %s', (code, trouble) => {
  expect(failed(coded(code))).toMatchObject({ trouble, message: `r.test: it is ${code}` });
});

test('looks into what went wrong with each of several addresses', () => {
  expect(
    failed(new AggregateError([coded('ECONNREFUSED'), coded('ENETUNREACH')], 'all'))
  ).toMatchObject({
    trouble: 'unreachable',
    message: 'r.test: it is ECONNREFUSED',
  });
});

test('knows that nobody answered in time', () => {
  expect(networkFailure(new DOMException('x', 'TimeoutError'), 'r.test').trouble).toBe('timeout');
});

const errors = (code: string, message: string) => JSON.stringify({ errors: [{ code, message }] });

test.each([
  [401, errors('UNAUTHORIZED', 'authentication required'), 'unauthenticated'],
  [403, errors('DENIED', 'requested access is denied'), 'denied'],
  [404, errors('NAME_UNKNOWN', 'no such repository'), 'no-repository'],
  [429, errors('TOOMANYREQUESTS', 'slow down'), 'rate-limited'],
  [403, errors('DENIED', 'quota exceeded for this organization'), 'no-space'],
  [412, errors('PRECONDITION', 'will exceed the configured upper limit of 1.0 GiB'), 'no-space'],
  [507, '', 'no-space'],
  // Docker's registry with the filesystem driver on a full disk.
  [
    500,
    '{"errors":[{"code":"UNKNOWN","message":"unknown error","detail":{"DriverName":"filesystem","Enclosed":{"Op":"mkdir","Path":"/x","Err":28}}}]}',
    'no-space',
  ],
  [500, '<html>oops</html>', 'failed'],
])('takes status %d with %s for %s', async (status, body, trouble) => {
  expect((await answerFailure(new Response(body, { status }))).trouble).toBe(trouble);
});

test('repeats the words of the registry, and no page', async () => {
  const { message } = await answerFailure(new Response('<html>oops</html>', { status: 502 }));
  const denied = await answerFailure(new Response(errors('DENIED', 'no'), { status: 403 }));

  expect([message, denied.message]).toEqual(['status 502', 'status 403: no']);
});
