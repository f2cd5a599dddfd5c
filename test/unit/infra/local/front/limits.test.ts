import { expect, test } from '@jest/globals';
import { bytesInEvent, headerBytes } from '#infra/local/front/limits.ts';

test('counts the bytes of a request head as they are on the wire', () => {
  const head = 'GET /apps? HTTP/1.1\r\nHost: a\r\nAccept: */*\r\n';

  expect(headerBytes(['GET', '/apps?'], ['Host', 'a', 'Accept', '*/*'])).toBe(head.length);
});

test.each([
  ['application/json', 300],
  ['text/plain; charset=utf-8', 300],
  ['application/problem+json', 300],
  ['application/octet-stream', 400],
  ['application/x-www-form-urlencoded', 400],
  [undefined, 400],
])('a body of type %s reaches the function as text or base64', (type, expected) => {
  expect(bytesInEvent(type, 300)).toBe(expected);
});
