import { expect, test } from '@jest/globals';
import { aManifest, parsed, problemsOf, service } from '../parsed.ts';

test.each([
  ['build: .', '.'],
  ['build: ./api//', 'api'],
  ['build: /api', 'api'],
  ['build: a/../b', 'b'],
  ['build: ""', '.'],
  ['build: {args: [A=1]}', '.'],
])('reads the directory of %j', (setting, path) => {
  expect(service(setting).source).toMatchObject({ kind: 'build', path, manifest: 'Dockerfile' });
});

test('lets a Dockerfile stand beside the directory it builds', () => {
  expect(service('build: {path: api, manifest: ../Dockerfile.api}').source).toMatchObject({
    path: 'api',
    manifest: '../Dockerfile.api',
  });
});

test.each([
  ['build: ..', 'service web: build path .. leaves the source'],
  ['build: a/../../b', 'service web: build path a/../../b leaves the source'],
  [
    'build: {path: a, manifest: ../../Dockerfile}',
    'service web: build manifest ../../Dockerfile leaves the source',
  ],
  ['build: [a]', 'unknown type for service build: list'],
  ['build: 1', 'unknown type for service build: int'],
  ['build: {args: {A: 1}}', 'unknown type for service build args: map'],
  ['image: a b', 'service web: image a b is not an image name'],
])('refuses %j', (setting, message) => {
  expect(problemsOf(aManifest(setting))).toEqual([message]);
});

test('prefers an image to a build, and says so', () => {
  const { services, warnings } = parsed(aManifest('build: .', 'image: nginx'));

  expect(services[0]?.source).toEqual({ kind: 'image', image: 'nginx' });
  expect(warnings).toMatchObject([
    { message: 'service web: build is ignored because of image', line: 3, column: 12 },
  ]);
});
