import { expect, test } from '@jest/globals';
import { explainPush } from '#cli/build/external/explain-push.ts';
import { recorded } from './recorded-pushes.ts';

/** As docker, podman and buildah put it. */
test.each([
  ['denied: requested access to the resource is denied', 'refused'],
  [
    'Error: unable to retrieve auth token: invalid username/password: unauthorized: who?',
    'refused',
  ],
  ['received unexpected HTTP status: 403 Forbidden', 'refused'],
  ['Error: writing blob: write /var/lib/registry/x: no space left on device', 'no room'],
  ['received unexpected HTTP status: 507 Insufficient Storage', 'no room'],
  ['received unexpected HTTP status: 500 Internal Server Error', 'registry failed'],
  ['Get "https://r.test/v2/": http: server gave HTTP response to HTTPS client', 'plain HTTP'],
  ['Get "https://r.test/v2/": x509: certificate signed by unknown authority', 'not trusted'],
  ['Get "http://127.0.0.1:9/v2/": dial tcp 127.0.0.1:9: connect: connection refused', 'the line'],
  ['dial tcp: lookup r.test: no such host', 'not known here'],
  ['net/http: TLS handshake timeout', 'the line'],
  ['write tcp 127.0.0.1:1->127.0.0.1:2: use of closed network connection', 'the line'],
])('%s', (line, message) => {
  const advice = explainPush(['The push refers to repository [r.test/atom/shop]', line]);

  expect(advice).toEqual({
    message: expect.stringContaining(message),
    hint: expect.stringMatching(/\w/),
    remedy: expect.stringMatching(/none|grant|time/),
  });
});

test.each<[readonly string[], string]>([
  [recorded.docker.full, 'no room'],
  [recorded.docker.quota, 'no room'],
  [recorded.docker.denied, 'refused'],
  [recorded.docker.notAuthorized, 'refused'],
  [recorded.docker.unknownName, 'no such repository'],
  [recorded.docker.tooLarge, 'larger than the registry takes'],
  [recorded.docker.busy, 'no more requests'],
  [recorded.docker.cut, 'the line'],
  [recorded.podman.taken, 'under that tag already'],
  [recorded.podman.noRegistry, 'or is none'],
  [recorded.podman.absent, 'nobody answers'],
  [recorded.buildah.failing, 'registry failed'],
])('tells by all that was printed: %#', (lines, message) => {
  expect(explainPush(lines)?.message).toContain(message);
});

/** As containerd's image store in docker and as BuildKit put a status. */
test.each([
  ['403 Forbidden', 'refused'],
  ['401 Unauthorized', 'refused'],
  ['404 Not Found', 'no such repository'],
  ['413 Request Entity Too Large', 'larger than the registry takes'],
  ['429 Too Many Requests', 'no more requests'],
  ['500 Internal Server Error', 'registry failed'],
  ['503 Service Unavailable', 'registry failed'],
  ['507 Insufficient Storage', 'no room'],
])('a status %s, in the words of containerd', (status, message) => {
  const request = `unexpected status from POST request to https://r.test:5403/v2/a/blobs/uploads/?digest=sha256%3Aa: ${status}`;

  expect(explainPush([request])?.message).toContain(message);
  expect(explainPush([`unexpected status: ${status}`])?.message).toContain(message);
});

test('says nothing of what it does not know', () => {
  expect(explainPush(['web.B: digest: sha256:503 size: 1'])).toBeUndefined();
});
