import { expect, test } from '@jest/globals';
import { explainFailure } from '#core/builds/explain-failure.ts';

const reason = 'the build of web failed with exit code 1';
const explain = (log: string, isOfSource = true) =>
  explainFailure({ state: 'failed', reason, isOfSource }, log);

test('names the last line that calls itself an error, or else the last one', () => {
  expect(explain('a\nerror: failed to solve: x\nbye\n')).toBe(
    `${reason}: error: failed to solve: x`
  );
  expect(explain('a\n  bye\n')).toBe(`${reason}: bye`);
  expect(explain('')).toBe(reason);
});

test('what the cluster did needs no log', () => {
  expect(explain('error: x', false)).toBe(reason);
});

test.each([
  [
    'error: failed to solve: process "/bin/sh -c make" did not complete successfully: exit code: 137',
    'a step was killed, most likely because it ran out of memory',
  ],
  [
    'error: failed to receive status: rpc error: code = Unavailable desc = error reading from server: EOF',
    'BuildKit was killed',
  ],
  ['error: write /x: no space left on device', 'the disk of its node is full'],
  [
    'error: failed to solve: a:1: failed to resolve source metadata for docker.io/library/a:1: docker.io/library/a:1: not found',
    'its registry has no such image',
  ],
  [
    'error: failed to solve: a: failed to resolve source metadata for docker.io/library/a:latest: pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed',
    'its registry does not give it to the rack, or has no such image',
  ],
  [
    'error: failed to solve: r/a:1: failed to resolve source metadata for r/a:1: unexpected status from HEAD request to https://r/v2/a/manifests/1: 401 Unauthorized',
    'its registry does not give it to the rack, or has no such image',
  ],
  [
    'error: failed to solve: a:1: failed to resolve source metadata for docker.io/library/a:1: no match for platform in manifest: not found',
    'the image is not made for the machines that builds run on',
  ],
  [
    'error: failed to solve: r/a:1: failed to resolve source metadata for r/a:1: failed to do request: Head "https://r/v2/a/manifests/1": dial tcp: lookup r on 10.96.0.10:53: no such host',
    'its registry does not answer',
  ],
])('says what is behind %j', (line, explanation) => {
  const text = explain(line);

  expect(text.startsWith(`${reason}: ${explanation}`)).toBe(true);
  expect(text.endsWith(`: ${line}`)).toBe(true);
});
